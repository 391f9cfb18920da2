import { applyEntries } from '../../api/apply.ts'
import type { Entry } from '../../api/entries.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import type { Writes } from '../../api/writes.ts'
import { touchedBy } from '../alignments/alignment.queries.ts'
import { alignmentWrites } from '../alignments/alignment.writes.ts'
import { record } from '../check-ins/check-in.record.ts'
import { keyResultWrites } from '../key-results/key-result.writes.ts'
import { objectiveWrites } from '../objectives/objective.writes.ts'
import type { SimulatedChange } from './simulation.schema.ts'

const kinds = ['keyResultId', 'objectiveId', 'createAlignment', 'deleteAlignment', 'createKeyResult'] as const

const one = async <R>(ctx: Context, writes: Writes<R>, entry: Entry): Promise<void> => {
  await applyEntries(ctx, writes as Writes, [entry])
}

const given = (members: Row): Row =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

/** Every goal whose numbers the changes can move, as far as they name it. */
export const touchedByChanges = async (ctx: Context, changes: readonly SimulatedChange[]) => {
  const alignments = await touchedBy(
    ctx,
    changes.flatMap(({ deleteAlignment }) => deleteAlignment ?? []),
    changes.flatMap(({ createAlignment }) => (createAlignment === undefined ? [] : [createAlignment as Row])),
  )
  return {
    objectiveIds: [
      ...(alignments.objectiveIds ?? []),
      ...changes.flatMap(({ objectiveId, createKeyResult }) => objectiveId ?? createKeyResult?.objectiveId ?? []),
    ],
    keyResultIds: [...(alignments.keyResultIds ?? []), ...changes.flatMap(({ keyResultId }) => keyResultId ?? [])],
  }
}

/** Carries out one change by the way it would really go, with all its rules. */
const applyChange = async (ctx: Context, change: SimulatedChange): Promise<void> => {
  const { keyResultId, objectiveId, createAlignment, deleteAlignment, createKeyResult, ...members } = change
  if (kinds.filter((kind) => change[kind] !== undefined).length !== 1)
    throw inputProblem('invalid_input', '', `each change has one of ${kinds.join(', ')}`)
  if (createAlignment) return one(ctx, alignmentWrites, { create: createAlignment })
  if (deleteAlignment) return one(ctx, alignmentWrites, { delete: true, id: deleteAlignment })
  if (createKeyResult) return one(ctx, keyResultWrites, { create: createKeyResult as Row })
  const { value, zone, step, ...definition } = members
  if (objectiveId) {
    const foreign = Object.keys(given(members)).find((key) => key !== 'state')
    if (foreign) throw inputProblem('invalid_input', `/${foreign}`, 'of an objective only the state is simulated')
    return one(ctx, objectiveWrites, { update: given(definition), id: objectiveId })
  }
  const id = keyResultId as string
  const update = given(definition)
  if (Object.keys(update).length > 0)
    await one(ctx, keyResultWrites, { update: { ...update, reason: 'simulation' }, id })
  const reading = given({ value, zone, step })
  if (Object.keys(reading).length > 0) await record(ctx, [{ keyResultId: id, ...reading }])
}

/** Carries out the changes in order; a Problem says which one by its pointer. */
export const applyChanges = async (ctx: Context, changes: readonly SimulatedChange[]): Promise<void> => {
  for (const [at, change] of changes.entries()) {
    try {
      await applyChange(ctx, change)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { code, message } = error
      const lead = `/changes/${at}`
      const errors =
        error.errors.length > 0
          ? error.errors.map((fault) => ({ ...fault, pointer: lead + fault.pointer }))
          : [{ pointer: lead, code, message }]
      throw new Problem(code, message, { errors, cause: error })
    }
  }
}
