import { z } from 'zod'
import { applyEntries } from '../../api/apply.ts'
import { id } from '../../api/fields.ts'
import { findMany } from '../../api/find-many.ts'
import { type Context, operation } from '../../api/operation.ts'
import type { Resource } from '../../api/resource.ts'
import { present } from '../../api/select.ts'
import type { Row } from '../../api/store.ts'
import { narrowed, type Writes } from '../../api/writes.ts'
import { anyone } from '../../auth/rules.ts'
import { keyResult, keyResultSchema } from '../key-results/key-result.resource.ts'
import { keyResultWrites } from '../key-results/key-result.writes.ts'
import { objective, objectiveInputs, objectiveSchema } from '../objectives/objective.resource.ts'
import { objectiveWrites } from '../objectives/objective.writes.ts'
import { library } from './okr-template.built-in.ts'
import { keyResultOf, repointed } from './okr-template.input.ts'
import type { okrTemplateSchema } from './okr-template.resource.ts'
import type { TemplateKeyResult } from './okr-template.table.ts'

const { cycleId, pillarId, visibility, startsOn, dueOn, state } = objectiveInputs.create.shape

const owner = z
  .strictObject({
    type: objectiveSchema.shape.ownerType,
    id: id.optional().meta({ description: 'Left out for the organization.' }),
  })
  .meta({ id: 'OwnerInput', description: 'Who gets an objective of its own.' })

const input = z
  .strictObject({ cycleId, owners: z.array(owner).min(1).max(100), state, pillarId, visibility, startsOn, dueOn })
  .meta({ id: 'ApplyOkrTemplateInput' })

const output = z
  .strictObject({
    items: z.array(
      z
        .strictObject({ objective: objectiveSchema, keyResults: z.array(keyResultSchema) })
        .meta({ id: 'AppliedOkrTemplateItem' }),
    ),
  })
  .meta({ id: 'AppliedOkrTemplate', description: 'What was made, in the order of the owners.' })

type Template = z.output<typeof okrTemplateSchema>

/** Faults of the objectives made point at the owner they were made for. */
const pointerOf = (pointer: string): string => {
  const [, at = '0', member = ''] = /^(?:\/items\/(\d+))?\/(\w+)/.exec(pointer) ?? []
  const places: Record<string, string> = { ownerId: `/owners/${at}/id`, ownerType: `/owners/${at}/type` }
  return places[member] ?? `/${member}`
}

const apply = async (ctx: Context, { owners, ...common }: z.output<typeof input>, template: Template) => {
  const wishes = owners.map(({ type, id: ownerId }) => ({
    create: narrowed(objectiveInputs.create, {
      ...template.objective,
      ...common,
      templateId: template.id,
      ownerType: type,
      ownerId,
    }),
  }))
  const objectives = await repointed(() => applyEntries(ctx, objectiveWrites as unknown as Writes, wishes), pointerOf)
  const ids = objectives.map(({ after }) => after['id'] as string)
  const keyResults = await applyEntries(
    ctx,
    keyResultWrites as unknown as Writes,
    ids.flatMap((objectiveId) =>
      template.keyResults.map((each) => ({ create: keyResultOf(each as TemplateKeyResult, objectiveId) })),
    ),
  )
  // Read anew: the key results have moved the scores of their objectives since.
  const shown = async (resource: Resource, wanted: string[]) =>
    (await findMany(ctx, resource, wanted)).map((row) => present(resource, row, ctx))
  const made = await shown(objective, ids)
  const below = Map.groupBy(
    await shown(
      keyResult,
      keyResults.map(({ after }) => after['id'] as string),
    ),
    (row) => row['objectiveId'],
  )
  return {
    items: ids.map((each) => ({
      objective: made.find((row) => row['id'] === each) as Row,
      keyResults: below.get(each) ?? [],
    })),
  }
}

/** `POST /okr-templates/:id/apply`: an objective with its key results for each of the owners, all or none. */
export const applyTemplate = operation({
  name: 'applyOkrTemplate',
  tag: 'OkrTemplate',
  summary: 'Give an objective with its key results to one or many owners',
  rest: 'POST /okr-templates/:id/apply',
  scope: 'okr:write',
  input: z.strictObject({ id, input }),
  output,
  find: (ctx, { id: wanted }) => library.find(ctx, wanted),
  // Each objective asks by itself whether the caller may make it for that owner.
  allow: anyone,
  run: async (ctx, { input: given }, template) => (await apply(ctx, given, template)) as never,
})
