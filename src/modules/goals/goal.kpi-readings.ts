import { calendarDay } from '../../api/clock.ts'
import type { Context } from '../../api/operation.ts'
import { type CalendarPeriod, heldOn, periodAfter, periodOf, type Reading, runningValues } from '../../scoring/index.ts'
import { type Definition, type Definitions, grainOf, loadDefinitions } from '../kpis/kpi.definitions.ts'
import type { PeriodPoint } from '../kpis/kpi.period-points.ts'
import { kpiValues, type Values } from '../kpis/kpi.values.ts'
import { isSettled, type KeyResultRow } from './goal.queries.ts'
import { sendSlices } from './goal.slices.ts'

type Follower = Pick<
  KeyResultRow,
  'id' | 'kpiId' | 'kpiWindow' | 'firstDay' | 'lastDay' | 'state' | 'score' | 'scoredAt'
>

/** What a key result reads of the KPI it follows, in the order of days, and how often that one is measured. */
export type KpiReadings = { readings: Reading[]; frequency: Definition['frequency'] }

/** Periods before the first day of a key result in which the value it opens with is looked for. */
const periodsBefore = 24

/**
 * The readings of key results that follow a KPI (docs/scoring.md section 2): the value of each of its periods, or with the
 * window `cycle` what the periods since the first day make together. A period was true on its last day, while it runs on
 * the day it was recorded; without that window a running sum is no reading. Closed key results follow no longer: they
 * have what was known when they were closed.
 */
export const kpiReadings = async (ctx: Context, followers: readonly Follower[]): Promise<Map<string, KpiReadings>> => {
  const following = followers.flatMap((row) => (row.kpiId ? [{ ...row, kpiId: row.kpiId }] : []))
  if (following.length === 0) return new Map()
  const definitions = await loadDefinitions(ctx, [...new Set(following.map(({ kpiId }) => kpiId))])
  // KPIs of one span are read with one statement: most key results of a goal share the days of its cycle.
  const bySpan = Map.groupBy(following, (row) => `${row.firstDay} ${row.lastDay} ${closedAt(row)}`)
  const found = await Promise.all(
    await sendSlices([...bySpan.values()], (group) => readingsOf(ctx, definitions, group)),
  )
  return new Map(found.flat())
}

/** The instant a key result was scored for the last time. */
const closedAt = (row: Follower): string | undefined => (isSettled(row) ? (row.scoredAt ?? undefined) : undefined)

const readingsOf = async (
  ctx: Context,
  definitions: Definitions,
  group: readonly (Follower & { kpiId: string })[],
): Promise<[string, KpiReadings][]> => {
  const { calendar, byId } = definitions
  const [first] = group as [Follower]
  const { firstDay, lastDay } = first
  const knownAt = closedAt(first)
  const today = knownAt === undefined ? ctx.today : calendarDay(new Date(knownAt), ctx.organization.timeZone)
  const to = lastDay < today ? lastDay : today
  const byFrequency = Map.groupBy(group, ({ kpiId }) => byId.get(kpiId)?.frequency)
  const read = await Promise.all(
    [...byFrequency].map(async ([frequency, rows]) => {
      if (!frequency) return []
      const grain = grainOf({ frequency })
      const from = grain
        ? periodAfter(periodOf(firstDay, grain, calendar), -periodsBefore, calendar).start
        : '0001-01-01'
      const ids = [...new Set(rows.map(({ kpiId }) => kpiId))]
      const values = await kpiValues(ctx, definitions, ids, { from: from < to ? from : to, to, knownAt })
      return rows.map((row): [string, KpiReadings] => {
        const definition = byId.get(row.kpiId) as Definition
        const measured = measuredOf(values.get(row.kpiId), today)
        const readings =
          row.kpiWindow === 'cycle' ? together(definition, measured, row) : latestOf(definition, measured, today)
        return [row.id, { readings: readings.filter(({ day }) => day <= lastDay), frequency }]
      })
    }),
  )
  return read.flat()
}

type Measured = PeriodPoint & Pick<CalendarPeriod, 'grain' | 'start' | 'end'>

/** Periods that have begun and have a value, of the KPI as a whole. */
const measuredOf = (values: Values | undefined, today: string): Measured[] => {
  const { periods = [], groups = [] } = values ?? {}
  const points = groups[0]?.points ?? []
  return periods.flatMap(({ grain, start, end }, at) => {
    const point = points[at]
    return !point || point.value === null || start > today ? [] : [{ ...point, grain, start, end }]
  })
}

/** The values of the periods themselves; a sum says nothing of its period before that is over (decision 39). */
const latestOf = ({ aggregation }: Definition, measured: readonly Measured[], today: string): Reading[] =>
  aggregation === 'sum'
    ? measured.filter(({ end }) => end < today).map(({ value, end }) => ({ day: end, value, zone: null }))
    : measured.map(({ value, day, end }) => ({ day: day ?? end, value, zone: null }))

/** What the periods of the cycle make together, up to each of them: those that begin in it, and weeks that belong to it. */
const together = ({ aggregation }: Definition, measured: readonly Measured[], cycle: Follower): Reading[] => {
  const { firstDay, lastDay } = cycle
  const inCycle = measured.filter((each) => heldOn(each) >= firstDay && heldOn(each) <= lastDay)
  const values = runningValues(aggregation, inCycle)
  return inCycle.map(({ grain, day, end }, at) => {
    const trueOn = day ?? end
    return {
      day: grain === 'week' && trueOn > lastDay ? lastDay : trueOn,
      value: values[at]?.value ?? null,
      zone: null,
    }
  })
}
