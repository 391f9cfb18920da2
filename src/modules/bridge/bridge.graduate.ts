import { z } from 'zod'
import { applyEntries } from '../../api/apply.ts'
import { requireScope } from '../../api/execute.ts'
import { id } from '../../api/fields.ts'
import { findMany } from '../../api/find-many.ts'
import { newId } from '../../api/new-id.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { findOne } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { narrowed, type Writes } from '../../api/writes.ts'
import { query } from '../../db/statement.ts'
import { mayChangeObjectiveOf } from '../goals/goal.rules.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import type { keyResults } from '../key-results/key-result.table.ts'
import { kpiTargetInputs } from '../kpi-targets/kpi-target.resource.ts'
import { kpiTargetWrites } from '../kpi-targets/kpi-target.writes.ts'
import { kpi, kpiInputs, kpiSchema } from '../kpis/kpi.resource.ts'
import { kpiWrites } from '../kpis/kpi.writes.ts'
import { storePoints } from '../measurements/measurement.record.ts'
import { keyOf } from '../measurements/measurement.write.ts'

type KeyResult = typeof keyResults.$inferSelect

/** What a key result decides by itself. */
const decided = ['formula', 'frequency', 'aggregation', 'direction']

/** A create without its defaults: what is left out comes from the key result. */
const undecided = Object.fromEntries(
  Object.entries(kpiInputs.create.shape as Record<string, z.ZodType>)
    .filter(([key]) => !decided.includes(key) && key !== 'code')
    .map(([key, member]) => [
      key,
      (member instanceof z.ZodDefault ? (member.unwrap() as z.ZodType) : member).optional(),
    ]),
)

const input = z.strictObject({ code: kpiSchema.shape.code, ...undecided }).meta({
  id: 'GraduateKeyResultInput',
  description: 'What the KPI is beside its history; name and owner are those of the key result unless said.',
})

const output = z.strictObject({ kpi: kpiSchema }).meta({ id: 'GraduatedKeyResult', description: 'The KPI made.' })

type Lines = {
  direction: 'up' | 'down' | 'range'
  target: number | null
  redLine?: number | null
  upperTarget?: number | null
}

/** What was reached is the target to keep, and where it came from the red line. */
const linesOf = ({ kind, baseline, target, min, max }: KeyResult): Lines => {
  if (kind === 'metric')
    return { direction: (target ?? 0) > (baseline ?? 0) ? 'up' : 'down', target, redLine: baseline }
  if (min !== null && max !== null) return { direction: 'range', target: min, upperTarget: max }
  return min === null ? { direction: 'down', target: max } : { direction: 'up', target: min }
}

/** The last reading of each day, by the day it was true. */
const readingsOf = (
  { actor, db, organization }: Context,
  keyResultId: string,
): Promise<{ day: string; value: number }[]> =>
  query(
    db,
    'readings_to_graduate',
    `select distinct on (day) day, value from (
       select to_char(effective_at at time zone $3, 'YYYY-MM-DD') as day, value, effective_at, recorded_at, id from check_ins
       where tenant_id = $1 and key_result_id = $2 and superseded_at is null and not voided and value is not null
     ) read order by day, effective_at desc, recorded_at desc, id desc`,
    [actor.tenantId, keyResultId, organization.timeZone],
  )

const requireReached = ({ kind, source, state, attainment }: KeyResult): void => {
  if (kind !== 'metric' && kind !== 'threshold')
    throw new Problem('invalid_transition', `A key result of the kind ${kind} has no values to watch`)
  if (source !== 'checkins')
    throw new Problem('invalid_transition', `Its values come from ${source}: there is no history of its own`)
  if (state === 'cancelled' || (attainment ?? 0) < 1) throw new Problem('invalid_transition', 'It has not been reached')
}

const graduate = async (ctx: Context, found: KeyResult, given: z.output<typeof input>) => {
  requireScope({ scope: 'okr:read' }, ctx.actor)
  const [row] = (await findMany(ctx, keyResult, [found.id])) as unknown as KeyResult[]
  if (!row) throw new Problem('not_found')
  requireReached(row)
  const [owner] = await query<{ ownerType: string; ownerId: string; visibility: string }>(
    ctx.db,
    'owner_to_graduate',
    `select owner_type as "ownerType", owner_id as "ownerId", visibility from objectives where tenant_id = $1 and id = $2`,
    [ctx.actor.tenantId, row.objectiveId],
  )
  const { direction, ...lines } = linesOf(row)
  const readings = await readingsOf(ctx, row.id)
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const { visibility, ...ownedBy } = owner ?? { visibility: 'organization' }
  const create = narrowed(kpiInputs.create, {
    name: row.title,
    unit: row.unit,
    visibility,
    ...('ownerType' in said || 'ownerId' in said ? {} : ownedBy),
    ...said,
    direction,
    frequency: row.cadence,
    aggregation: 'last',
  })
  const [made] = await applyEntries(ctx, kpiWrites as unknown as Writes, [{ create }])
  const kpiId = made?.after['id'] as string
  const effectiveFrom = readings[0]?.day ?? ctx.today
  const target = narrowed(kpiTargetInputs.create, { kpiId, effectiveFrom, ...lines })
  await applyEntries(ctx, kpiTargetWrites as unknown as Writes, [{ create: target }])
  await storePoints(
    ctx,
    readings.map(({ day, value }) => ({
      id: newId(),
      kpiId,
      key: keyOf({}),
      dimensions: {},
      period: day,
      grain: 'day',
      periodStart: day,
      periodEnd: day,
      spanStart: null,
      value,
      numerator: null,
      denominator: null,
      note: null,
      source: 'key_result',
    })),
  )
  ctx.emit({
    type: 'key_result.graduated',
    subject: { type: 'key_result', id: row.id },
    cause: { type: 'kpi', id: kpiId },
  })
  const [now] = await findMany(ctx, kpi, [kpiId])
  return present(kpi, now ?? {}, ctx)
}

/** `POST /key-results/:id/graduate`: what was reached is watched from now on, as a KPI with its history. */
export const graduateKeyResult = operation({
  name: 'graduateKeyResult',
  tag: 'KeyResult',
  summary: 'Make a KPI of a reached key result, with its history',
  rest: 'POST /key-results/:id/graduate',
  scope: 'kpi:write',
  input: z.strictObject({ id, input }),
  output,
  find: async (ctx, { id: wanted }) => (await findOne(ctx, keyResult, wanted)) as KeyResult | undefined,
  allow: (ctx, { objectiveId }) => mayChangeObjectiveOf(ctx, objectiveId),
  run: async (ctx, { input: given }, row) => ({ kpi: await graduate(ctx, row, given) }) as never,
})
