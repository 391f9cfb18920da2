import { z } from 'zod'
import { findMany } from '../../api/find-many.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import { type Change, writes } from '../../api/writes.ts'
import { requireAcyclic } from '../goals/goal.paths.ts'
import { rescore } from '../goals/goal.rescore.ts'
import { mayChangeEvery } from '../goals/goal.rules.ts'
import { heldBy, lockForWrite } from '../goals/goal.write.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import type { keyResults } from '../key-results/key-result.table.ts'
import { requireShares, touchedBy } from './key-result-link.queries.ts'
import { keyResultLink, keyResultLinkSchema } from './key-result-link.resource.ts'
import type { keyResultLinks } from './key-result-link.table.ts'

type Link = typeof keyResultLinks.$inferSelect
type KeyResult = typeof keyResults.$inferSelect

const { externalId, childKeyResultId, parentKeyResultId, share } = keyResultLinkSchema.shape

const createInput = z.strictObject({
  externalId: externalId.default(null),
  childKeyResultId,
  parentKeyResultId,
  share: share.default(1),
})

/** Both ends are fixed: another link is another row. */
const updateInput = z.strictObject({ externalId, share }).partial()

/** The child gives its value away, the parent is made of it: both owners have a say. */
const mayLink = (ctx: Context, { childKeyResultId: child, parentKeyResultId: parent }: Link): Promise<boolean> =>
  mayChangeEvery(ctx, { keyResultIds: [child, parent] })

/** Only numbers of one unit can be added up, and only by a key result that says so. */
const judge = async (ctx: Context, { after }: Change<Link>): Promise<void> => {
  if (after.deletedAt !== null) return
  if (after.childKeyResultId === after.parentKeyResultId)
    throw new Problem('alignment_cycle', 'A key result cannot be added up in itself')
  const ends = (await findMany(ctx, keyResult, [after.childKeyResultId, after.parentKeyResultId])) as KeyResult[]
  const child = ends.find(({ id }) => id === after.childKeyResultId)
  const parent = ends.find(({ id }) => id === after.parentKeyResultId)
  if (!child || child.deletedAt !== null)
    throw inputProblem('reference_not_found', '/childKeyResultId', 'there is no such key result')
  if (!parent || parent.deletedAt !== null)
    throw inputProblem('reference_not_found', '/parentKeyResultId', 'there is no such key result')
  if (parent.source !== 'rollup')
    throw inputProblem('invalid_input', '/parentKeyResultId', 'adds nothing up: its source is not rollup')
  if (child.kind !== 'metric' || child.source === 'aligned' || child.source === 'initiatives')
    throw inputProblem('invalid_input', '/childKeyResultId', 'has no value to add up: a metric has one')
  if (child.unit !== parent.unit)
    throw inputProblem('invalid_input', '/childKeyResultId', `its unit is ${child.unit}, not ${parent.unit}`)
}

const settle = async (ctx: Context, changes: Change<Link>[]): Promise<void> => {
  const live = changes.filter(({ after }) => after.deletedAt === null)
  const childIds = live.map(({ after }) => after.childKeyResultId)
  await requireAcyclic(ctx, { keyResultIds: childIds })
  await requireShares(ctx, childIds)
  const keyResultIds = [...new Set(changes.map(({ after }) => after.parentKeyResultId))]
  const cause = { type: 'key_result_link', id: changes[0]?.after.id ?? '' }
  await rescore(ctx, heldBy(ctx), { keyResultIds }, () => cause)
}

export const keyResultLinkOperations = [
  ...reads(keyResultLink),
  ...writes<Link>({
    resource: keyResultLink,
    create: { input: createInput, allow: mayLink },
    update: { input: updateInput, allow: mayLink },
    delete: { allow: mayLink },
    lock: async (ctx, { ids, inputs }) => lockForWrite(ctx, await touchedBy(ctx, ids, inputs)),
    judge,
    settle,
  }),
]
