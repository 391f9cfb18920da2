import { z } from 'zod'
import { id, instant } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { findOne } from '../../api/reads.ts'
import { anyone } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import { isPeriodFault, type Period, parsePeriod } from '../../scoring/index.ts'
import { calendarOf } from '../kpis/kpi.definitions.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { dimensionsOf, readMembers } from './measurement.dimensions.ts'
import { measurementSchema } from './measurement.resource.ts'
import { keyOf } from './measurement.write.ts'

const { value, numerator, denominator, note, source, authorId } = measurementSchema.shape

const entry = z
  .strictObject({
    id,
    value,
    numerator,
    denominator,
    note,
    source,
    authorId,
    recordedAt: instant,
    supersededAt: instant.nullable().meta({ description: 'When a correction took its place.' }),
    voidedAt: instant.nullable().meta({ description: 'When it was taken back.' }),
  })
  .meta({ id: 'RecordedValue' })

const output = z
  .strictObject({ period: z.string().nullable(), items: z.array(entry) })
  .meta({ id: 'MeasurementHistory', description: 'All that was ever recorded of one period, the newest first.' })

type Entry = z.output<typeof entry>
type Frequency = Period | 'irregular' | undefined

const text = `
  select m.id, m.value, m.numerator, m.denominator, m.note, m.source, m.author_id as "authorId", m.created_at as "recordedAt",
    m.superseded_at as "supersededAt", m.deleted_at as "voidedAt"
  from kpi_series s join measurements m on m.tenant_id = $1 and m.series_id = s.id
  where s.tenant_id = $1 and s.kpi_id = $2 and s.key = $3 and m.period_start = $4 and m.period_end = $5
  order by m.created_at desc, m.id desc limit 1000`

type Found = { start: string; end: string; label: string }

const readPeriod = async (ctx: Context, period: string, frequency: Frequency): Promise<Found> => {
  const parsed = parsePeriod(period, await calendarOf(ctx), frequency)
  if (isPeriodFault(parsed)) throw inputProblem(parsed.code, '/period', parsed.message)
  return parsed
}

const newest = async ({ actor, db }: Context, kpiId: string, key: string): Promise<Found | undefined> => {
  const rows = await query<Found>(
    db,
    'measurement_newest',
    `select m.period_start as start, m.period_end as "end", m.period as label
     from kpi_series s join measurements m on m.tenant_id = $1 and m.series_id = s.id
     where s.tenant_id = $1 and s.kpi_id = $2 and s.key = $3 order by m.period_end desc, m.period_start desc limit 1`,
    [actor.tenantId, kpiId, key],
  )
  return rows[0]
}

/** `GET /kpis/:id/measurements/history`: a period with all its corrections. */
export const measurementHistory = operation({
  name: 'measurementHistory',
  tag: 'Measurement',
  summary: 'All that was ever recorded of one period of a KPI',
  rest: 'GET /kpis/:id/measurements/history',
  scope: 'kpi:read',
  input: z.strictObject({
    id,
    period: z.string().min(1).max(40).optional().meta({ description: 'The newest unless said.' }),
    dimensions: readMembers.optional(),
  }),
  output,
  find: (ctx, input) => findOne(ctx, kpi, input.id),
  allow: anyone,
  run: async (ctx, { id: kpiId, period, dimensions }, row) => {
    const key = keyOf(dimensionsOf(dimensions))
    const found = await (period ? readPeriod(ctx, period, row?.['frequency'] as Frequency) : newest(ctx, kpiId, key))
    if (!found) return { period: null, items: [] }
    const values = [ctx.actor.tenantId, kpiId, key, found.start, found.end]
    return { period: found.label, items: await query<Entry>(ctx.db, 'measurement_history', text, values) }
  },
})
