import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { day, instant, ratio } from '../../api/fields.ts'
import type { Computed, Derived } from '../../api/resource.ts'
import { type KpiScore, kpiSegmentOn } from '../../scoring/index.ts'
import {
  kpiAggregations,
  kpiDirections,
  kpiFrequencies,
  kpiLevels,
  kpiNatures,
  kpiRollups,
  kpiStates,
  kpiStatuses,
  kpis,
  unitKinds,
} from './kpi.table.ts'

export const unitKind = z.enum(unitKinds).meta({ id: 'UnitKind' })
export const kpiDirection = z.enum(kpiDirections).meta({ id: 'KpiDirection', description: 'Which way is good.' })
export const kpiNature = z
  .enum(kpiNatures)
  .meta({ id: 'KpiNature', description: 'Whether it tells of the past, of what is to come, or of a danger.' })
export const kpiLevel = z.enum(kpiLevels).meta({ id: 'KpiLevel' })
export const kpiFrequency = z
  .enum(kpiFrequencies)
  .meta({ id: 'KpiFrequency', description: 'How often it is measured.' })
export const kpiAggregation = z
  .enum(kpiAggregations)
  .meta({ id: 'KpiAggregation', description: 'How the points of a period make its value.' })
export const kpiRollup = z
  .enum(kpiRollups)
  .meta({ id: 'KpiRollup', description: 'How members of a dimension, or child KPIs, make their total.' })
export const kpiState = z.enum(kpiStates).meta({ id: 'KpiState' })
export const kpiStatusField = z.enum(kpiStatuses).meta({ id: 'KpiStatus' })
export const trend = z
  .strictObject({
    slope: z.number().meta({ description: 'In its unit a period.' }),
    periods: z.int().meta({ description: 'Over how many of its newest periods.' }),
  })
  .meta({ id: 'KpiTrend', description: 'Where it is heading: the least-squares slope of its newest values.' })

/** Why a value is null though it was measured. */
export const valueReason = z.enum(['division_by_zero', 'out_of_range']).meta({ id: 'ValueReason' })

/** What a KPI answers that nobody writes. */
export const kpiScoreFields = {
  value: z.number().nullable().meta({ description: 'Of the newest period.' }),
  valueReason: valueReason.nullable().meta({ description: 'Why the newest value is null.' }),
  periodStart: day.nullable().meta({ description: 'The first day of the newest period.' }),
  periodEnd: day.nullable(),
  judgedValue: z.number().nullable().meta({
    description: 'What the status tells of: the last complete period of a sum, average or ratio, else the newest.',
  }),
  judgedPeriodStart: day.nullable(),
  status: kpiStatusField,
  score: ratio.nullable().meta({ description: 'A third on the red line, two thirds on the target.' }),
  trend: trend.nullable(),
  stale: z.boolean().meta({ description: 'Twice its frequency has passed since its newest period.' }),
  scoredAt: instant.nullable(),
  scoringVersion: z.int(),
}

type Stored = { judged: KpiScore | null }
const of = (read: (score: KpiScore | null, today: string) => unknown): Derived<Stored> => ({
  needs: ['judged'],
  of: ({ judged }, { today }) => read(judged, today),
})

/** What is judged today; undefined for a KPI never scored. */
const judgedOn = (score: KpiScore | null, today: string) => score && kpiSegmentOn(score.timeline, today)

export const kpiDerived = {
  valueReason: of((score) => score?.latest?.reason ?? null),
  periodStart: of((score) => score?.latest?.start ?? null),
  periodEnd: of((score) => score?.latest?.end ?? null),
  judgedValue: of((score, today) => judgedOn(score, today)?.value ?? null),
  judgedPeriodStart: of((score, today) => judgedOn(score, today)?.start ?? null),
  status: of((score, today) => judgedOn(score, today)?.status ?? 'no_target'),
  score: of((score, today) => judgedOn(score, today)?.score ?? null),
  trend: of((score) => score?.trend ?? null),
  stale: of((score, today) => isStale(score, today)),
}

const isStale = (score: KpiScore | null, today: string): boolean => score?.staleFrom != null && score.staleFrom <= today

const today = sql`${sql.placeholder('today')}::text collate "C"`
const status: SQL = sql`coalesce(${kpis.statusIs}[width_bucket(${today}, ${kpis.statusFrom})], 'no_target')`
const stale: SQL = sql`coalesce(${kpis.staleFrom} collate "C" <= ${today}, false)`

/** Lists filter and sort by what depends on the day: stored days are compared with today (decision 12). */
export const kpiComputed: Record<'status' | 'stale', Computed> = {
  status: {
    filter: kpiStatusField,
    value: status,
    rank: sql`array_position(array[${sql.raw(kpiStatuses.map((each) => `'${each}'`).join(', '))}], ${status})`,
    needs: ['judged'],
    rankOf: ({ judged }, on) => kpiStatuses.indexOf(judgedOn(judged as KpiScore | null, on)?.status ?? 'no_target') + 1,
  },
  stale: {
    filter: z.boolean(),
    value: stale,
    rank: sql`(case when ${stale} then 2 else 1 end)`,
    needs: ['judged'],
    rankOf: ({ judged }, on) => (isStale(judged as KpiScore | null, on) ? 2 : 1),
  },
}
