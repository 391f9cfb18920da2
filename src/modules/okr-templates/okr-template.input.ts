import { z } from 'zod'
import { name, weight } from '../../api/fields.ts'
import { Problem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import { narrowed } from '../../api/writes.ts'
import { createKeyResultInput, keyResultRow } from '../key-results/key-result.input.ts'
import { judgeDefinition } from '../key-results/key-result.judge.ts'
import { okrTemplateSchema, templateKeyResult, templateObjective } from './okr-template.resource.ts'
import type { okrTemplates, TemplateKeyResult, TemplateObjective } from './okr-template.table.ts'

type OkrTemplate = typeof okrTemplates.$inferSelect

const { externalId, area } = okrTemplateSchema.shape
const { title, kind, source, role, weight: heft, ...definition } = templateKeyResult.shape

const stepInput = z.strictObject({ title: name, weight: weight.optional() }).meta({ id: 'TemplateStepInput' })

const keyResultInput = z
  .strictObject({
    title,
    kind,
    source: source.default('checkins'),
    role: role.default('measure'),
    weight: heft.default(1),
    ...z.strictObject({ ...definition, steps: z.array(stepInput).max(200).nullable() }).partial().shape,
  })
  .meta({ id: 'TemplateKeyResultInput' })

const keyResults = z.array(keyResultInput).min(1).max(20)

const { title: goal, description, rationale, commitment } = templateObjective.shape

export const createOkrTemplateInput = z.strictObject({
  externalId: externalId.default(null),
  name,
  area,
  objective: z
    .strictObject({
      title: goal,
      description: description.default(null),
      rationale: rationale.default(null),
      commitment: commitment.default('committed'),
    })
    .meta({ id: 'TemplateObjectiveInput' }),
  keyResults,
})

export const updateOkrTemplateInput = z
  .strictObject({
    externalId,
    name,
    area,
    objective: templateObjective.partial().strict().meta({ id: 'TemplateObjectivePatchInput' }),
    keyResults,
  })
  .partial()

/** What is stored for an input: every member, null where it says nothing. */
export const okrTemplateRow = (input: Row): Row => {
  const objective = input['objective'] as Partial<TemplateObjective> | undefined
  const given = input['keyResults'] as z.output<typeof keyResults> | undefined
  return {
    ...(objective ? { objective: { description: null, rationale: null, ...objective } } : {}),
    ...(given ? { keyResults: given.map(stored) } : {}),
  }
}

const blank = Object.fromEntries(Object.keys(templateKeyResult.shape).map((key) => [key, null]))

const stored = (given: z.output<typeof keyResultInput>): TemplateKeyResult => {
  const steps = given.steps?.map((step) => ({ title: step.title, weight: step.weight ?? 1 })) ?? null
  return { ...blank, ...given, steps } as TemplateKeyResult
}

/** A key result of a template as a create takes it. */
export const keyResultOf = (template: TemplateKeyResult, objectiveId: string): Row =>
  narrowed(createKeyResultInput, {
    ...Object.fromEntries(Object.entries(template).filter(([, value]) => value !== null)),
    objectiveId,
  })

/** What could not be created is no template: the rules of key results hold for its key results. Throws 422. */
export const judgeTemplate = async ({ id, keyResults: given }: OkrTemplate): Promise<void> => {
  for (const [at, template] of given.entries()) {
    await repointed(
      async () => {
        const input = keyResultOf(template, id)
        const open = { ...blank, startsOn: null, dueOn: null, waypoints: null, kpiWindow: null }
        judgeDefinition({ ...open, ...input, ...keyResultRow(input, null, 'week') } as never)
      },
      (pointer) => `/keyResults/${at}${pointer}`,
    )
  }
}

/** Runs `work` so that the faults it finds point into the caller's own input. */
export const repointed = async <T>(work: () => Promise<T>, pointerOf: (pointer: string) => string): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const errors = error.errors.map((fault) => ({ ...fault, pointer: pointerOf(fault.pointer) }))
    throw new Problem(error.code, error.message, { errors, cause: error })
  }
}
