import { z } from 'zod'
import { applyEntries } from '../../api/apply.ts'
import { requireScope } from '../../api/execute.ts'
import { id, name, quantity } from '../../api/fields.ts'
import { findMany } from '../../api/find-many.ts'
import { type Context, operation } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { findOne } from '../../api/reads.ts'
import type { Resource } from '../../api/resource.ts'
import { present } from '../../api/select.ts'
import type { Row } from '../../api/store.ts'
import { narrowed, type Writes } from '../../api/writes.ts'
import { anyone } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import { kpiSegmentOn } from '../../scoring/index.ts'
import { createKeyResultInput } from '../key-results/key-result.input.ts'
import { keyResult, keyResultSchema } from '../key-results/key-result.resource.ts'
import { keyResultWrites } from '../key-results/key-result.writes.ts'
import { shareKpis } from '../kpis/kpi.lock.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import type { kpis } from '../kpis/kpi.table.ts'
import { objective, objectiveInputs, objectiveSchema } from '../objectives/objective.resource.ts'
import { objectiveWrites } from '../objectives/objective.writes.ts'
import { repointed } from '../okr-templates/okr-template.input.ts'

type Kpi = typeof kpis.$inferSelect

const { cycleId, pillarId, commitment, ownerType, ownerId, visibility, startsOn, dueOn } = objectiveSchema.shape
const { kpiWindow } = keyResultSchema.shape

const input = z
  .strictObject({
    cycleId,
    title: name.optional().meta({ description: 'Of the objective; made of the name of the KPI unless said.' }),
    keyResultTitle: name.optional(),
    target: quantity
      .optional()
      .meta({ description: 'The target in force unless said; needed of a sum with the window `cycle`.' }),
    kpiWindow: kpiWindow.optional(),
    ownerType: ownerType.optional().meta({ description: 'The owner of the KPI unless said.' }),
    ownerId: ownerId.optional(),
    pillarId: pillarId.optional(),
    commitment: commitment.optional(),
    visibility: visibility.optional().meta({ description: 'That of the KPI unless said.' }),
    startsOn: startsOn.optional(),
    dueOn: dueOn.optional(),
  })
  .meta({ id: 'PromoteKpiInput' })

const output = z
  .strictObject({ objective: objectiveSchema, keyResult: keyResultSchema })
  .meta({ id: 'PromotedKpi', description: 'The objective made, with its key result that follows the KPI.' })

/** The target in force today, or the side of the range that the value is outside of. */
const targetNow = async (ctx: Context, kpiId: string, value: number): Promise<number | undefined> => {
  const [row] = await query<{ target: number | null; upperTarget: number | null }>(
    ctx.db,
    'kpi_target_now',
    `select target, upper_target as "upperTarget" from kpi_targets
     where tenant_id = $1 and kpi_id = $2 and effective_from <= $3 and deleted_at is null order by effective_from desc limit 1`,
    [ctx.actor.tenantId, kpiId, ctx.today],
  )
  const { target = null, upperTarget = null } = row ?? {}
  return (upperTarget !== null && value > upperTarget ? upperTarget : target) ?? undefined
}

/** What a key result reads of it today: a sum is what its last complete period came to, all else the newest value. */
const valueNow = ({ aggregation, judged }: Kpi, today: string): number | null => {
  if (judged === null) return null
  return aggregation === 'sum' ? kpiSegmentOn(judged.timeline, today).value : (judged.latest?.value ?? null)
}

const made = async (ctx: Context, writes: Writes, create: Row): Promise<string> =>
  (await applyEntries(ctx, writes, [{ create }]))[0]?.after['id'] as string

/** Read anew: the key result has moved the score of its objective since. */
const shown = async (ctx: Context, resource: Resource, wanted: string): Promise<Row> => {
  const [row] = await findMany(ctx, resource, [wanted])
  if (!row) throw new Problem('not_found')
  return present(resource, row, ctx)
}

/** What makes the objective another's than the KPI: both are made alike unless said. */
const shownBy = ({ visibility: said, ownerId: by, ownerType: of }: z.output<typeof input>): string =>
  said !== undefined ? '/visibility' : by !== undefined ? '/ownerId' : of !== undefined ? '/ownerType' : '/id'

const promote = async (ctx: Context, row: Kpi, given: z.output<typeof input>) => {
  requireScope({ scope: 'kpi:read' }, ctx.actor)
  // Held as it is until the key result follows it, and before any goal graph.
  shareKpis(ctx, { kpiIds: [row.id] })
  const [now] = (await findMany(ctx, kpi, [row.id])) as unknown as Kpi[]
  const { title, keyResultTitle, target: wanted, kpiWindow: window, ...members } = given
  // What a cycle adds up begins with nothing, and the KPI's target is that of one of its periods only.
  const isAddedUp = now?.aggregation === 'sum' && window === 'cycle'
  const baseline = isAddedUp ? 0 : now ? valueNow(now, ctx.today) : null
  if (!now || baseline === null) throw new Problem('not_measured', `${row.code} has no value to begin with`)
  const target = wanted ?? (isAddedUp ? undefined : await targetNow(ctx, row.id, baseline))
  if (target === undefined) {
    const message = isAddedUp ? 'is added up over the cycle: say what it is to come to' : 'has no target: say one'
    throw inputProblem('invalid_input', '/target', `${row.code} ${message}`)
  }
  const owner = given.ownerType || given.ownerId ? {} : { ownerType: now.ownerType, ownerId: now.ownerId }
  const objectiveId = await made(
    ctx,
    objectiveWrites as unknown as Writes,
    narrowed(objectiveInputs.create, {
      title: title ?? `Improve ${now.name}`.slice(0, 200),
      visibility: now.visibility,
      ...owner,
      ...Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)),
    }),
  )
  const following = narrowed(createKeyResultInput, {
    objectiveId,
    title: keyResultTitle ?? now.name,
    kind: 'metric',
    source: 'kpi',
    kpiId: now.id,
    ...(window ? { kpiWindow: window } : {}),
    unit: now.unit,
    baseline,
    target,
  })
  const keyResultId = await repointed(
    () => made(ctx, keyResultWrites as unknown as Writes, following),
    (pointer) => (pointer === '/kpiId' ? shownBy(given) : pointer),
  )
  ctx.emit({
    type: 'kpi.promoted',
    subject: { type: 'kpi', id: now.id },
    cause: { type: 'objective', id: objectiveId },
  })
  return { objective: await shown(ctx, objective, objectiveId), keyResult: await shown(ctx, keyResult, keyResultId) }
}

/** `POST /kpis/:id/promote`: a KPI that must move becomes an objective whose key result follows it. */
export const promoteKpi = operation({
  name: 'promoteKpi',
  tag: 'Kpi',
  summary: 'Make an objective of a KPI, with a key result that follows it from its value now',
  rest: 'POST /kpis/:id/promote',
  scope: 'okr:write',
  input: z.strictObject({ id, input }),
  output,
  find: async (ctx, { id: wanted }) => (await findOne(ctx, kpi, wanted)) as Kpi | undefined,
  // The objective asks by itself whether the caller may make it for that owner.
  allow: anyone,
  run: async (ctx, { input: given }, row) => (await promote(ctx, row, given)) as never,
})
