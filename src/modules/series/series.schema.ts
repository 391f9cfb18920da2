import { z } from 'zod'
import { day, id, instant } from '../../api/fields.ts'
import { kpiAggregation, kpiStatusField, valueReason } from '../kpis/kpi.fields.ts'
import { readMembers } from '../measurements/measurement.dimensions.ts'
import { dimensions, grain } from '../measurements/measurement.resource.ts'

/** The most points one answer holds, over all its groups. */
export const mostPoints = 20_000

export const seriesInput = z.strictObject({
  id,
  from: day.optional().meta({ description: 'Twelve periods back unless said.' }),
  to: day.optional().meta({ description: 'Today unless said.' }),
  grain: grain.optional().meta({ description: "The KPI's frequency unless said." }),
  aggregation: kpiAggregation.optional().meta({ description: 'As the KPI says, unless said.' }),
  dimensions: readMembers.optional(),
  groupBy: z
    .array(z.string().trim().min(1).max(100))
    .min(1)
    .max(5)
    .refine((names) => new Set(names).size === names.length, 'the same dimension twice')
    .optional()
    .meta({ description: 'A series for each member of these dimensions.' }),
  of: z
    .enum(['own', 'children'])
    .meta({ id: 'SeriesOf' })
    .default('own')
    .meta({ description: 'Its own values, or what its child KPIs make together.' }),
  dense: z.boolean().default(true).meta({ description: 'With the periods that have no value.' }),
  compare: z.enum(['previous_period', 'previous_year']).meta({ id: 'SeriesComparison' }).optional(),
  movingAverage: z.int().min(2).max(100).optional().meta({ description: 'Over so many periods.' }),
  knownAt: instant.optional().meta({ description: 'What was known then.' }),
})

const point = z
  .strictObject({
    period: z.string(),
    start: day,
    end: day,
    value: z.number().nullable().meta({ description: 'Null where nothing was measured, never 0.' }),
    reason: valueReason.nullable().meta({ description: 'Why it is null though it was measured.' }),
    complete: z.boolean().meta({ description: 'The period is over, and measured as often as its frequency demands.' }),
    target: z.number().nullable(),
    redLine: z.number().nullable(),
    upperTarget: z.number().nullable(),
    upperRedLine: z.number().nullable(),
    status: kpiStatusField,
    score: z.number().nullable(),
    compare: z.number().nullable().meta({ description: 'The value it is compared with.' }),
    movingAverage: z.number().nullable().meta({ description: 'Null until all its periods have a value.' }),
  })
  .meta({ id: 'SeriesPoint' })

export const kpiSeriesSchema = z
  .strictObject({
    kpiId: id,
    grain: grain.nullable().meta({ description: 'Null for the periods an irregular KPI was measured in.' }),
    series: z.array(z.strictObject({ dimensions, points: z.array(point) }).meta({ id: 'SeriesGroup' })),
  })
  .meta({ id: 'KpiSeries', description: 'The values of a KPI over time, period by period.' })

export type SeriesAsked = z.output<typeof seriesInput>
export type SeriesPoint = z.output<typeof point>
export type KpiSeries = z.output<typeof kpiSeriesSchema>
