import { and, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { day, id, instant, quantity, text } from '../../api/fields.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { visibleThroughKpi } from '../kpis/kpi.visibility.ts'
import { grains, measurements } from './measurement.table.ts'

export const grain = z.enum(grains).meta({ id: 'Grain', description: 'The length of a period.' })

/** At most 10 members, so that a series has a name people can read. */
export const dimensions = z
  .record(z.string().trim().min(1).max(100), z.string().trim().min(1).max(200))
  .refine((given) => Object.keys(given).length <= 10, 'at most 10 dimensions')
  .meta({ id: 'Dimensions', description: 'What the value is of, such as `{"region": "EMEA"}`; empty is the whole.' })

export const measurementSchema = z
  .strictObject({
    id,
    version: z.int().meta({ description: 'Goes up with each other note. A correction is another measurement.' }),
    kpiId: id,
    period: z.string().meta({ description: 'As it reads: 2026-02, 2026-W07, 2026-Q1.' }),
    grain,
    periodStart: day,
    periodEnd: day,
    spanStart: day
      .nullable()
      .meta({ description: 'Where a span of several years begins; it counts in its last year.' }),
    value: quantity.nullable(),
    numerator: quantity.nullable(),
    denominator: quantity.nullable(),
    dimensions,
    note: text
      .nullable()
      .meta({ description: 'The same value again with another note changes the note alone; without one, nothing.' }),
    source: z.string(),
    authorId: id,
    createdAt: instant,
    updatedAt: instant,
    deletedAt: instant.nullable().meta({ description: 'Set once it was taken back.' }),
    recordedAt: instant.meta({ description: 'When we learnt it.' }),
  })
  .meta({ id: 'Measurement', description: 'The value of a KPI in a period. Corrected by recording the period again.' })

const told = { kpiId: id, value: measurementSchema.shape.value }

/** Only what counts now: what was corrected or taken back is history, and read as such. */
const current: SQL = sql`${measurements.supersededAt} is null`

export const measurement: Resource<typeof measurements> = resource({
  name: 'Measurement',
  path: 'measurements',
  type: 'measurement',
  schema: measurementSchema,
  events: {
    created: { summary: 'The value of a Kpi in a period was recorded', changes: told },
    corrected: { summary: 'A newer Measurement took the place of another', changes: told },
    annotated: { summary: 'Another note was said of a known Measurement', changes: { kpiId: id } },
    voided: { summary: 'One Measurement was taken back' },
  },
  table: measurements,
  scopes: { read: 'kpi:read', write: 'kpi:write' },
  visible: (sight) => and(current, visibleThroughKpi(sight, 'measurements.kpi_id')),
  looked: {
    dimensions: sql`(select s.dimensions from kpi_series s
      where s.tenant_id = ${measurements.tenantId} and s.id = ${measurements.seriesId})`,
  },
  derived: {
    recordedAt: { needs: ['createdAt'], of: ({ createdAt }) => createdAt },
  },
  filters: ['kpiId', 'grain', 'source'],
  sorts: ['periodStart'],
  belongsTo: { kpi: { key: 'kpiId', to: () => kpi, inverse: 'measurements' } },
})
