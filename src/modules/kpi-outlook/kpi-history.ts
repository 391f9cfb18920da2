import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'
import {
  type Calendar,
  type CalendarPeriod,
  heldOn,
  type KpiTargetFrom,
  type Period,
  periodAfter,
  periodOf,
} from '../../scoring/index.ts'
import { loadDefinitions } from '../kpis/kpi.definitions.ts'
import type { kpis } from '../kpis/kpi.table.ts'
import { kpiValues } from '../kpis/kpi.values.ts'
import { type History, mostPeriods } from './history.ts'

export type Kpi = Pick<typeof kpis.$inferSelect, 'id' | 'frequency' | 'direction' | 'aggregation'>

/** The complete periods of a KPI, oldest first, with the value of the whole in each. */
export type KpiHistory = { grain: Period; calendar: Calendar; periods: CalendarPeriod[]; values: History }

/** The grain asked for, else the KPI's own. 422 where it has none. */
export const grainFor = ({ frequency }: Kpi, asked: Period | undefined): Period => {
  if (asked) return asked
  if (frequency !== 'irregular') return frequency
  throw inputProblem('invalid_input', '/grain', 'an irregular KPI has no periods of its own: say which')
}

/** The newest complete periods of KPIs, all of one grain and the same periods for each; null where nothing was measured. */
export const historiesOf = async (
  ctx: Context,
  ids: readonly string[],
  grain: Period,
): Promise<Map<string, KpiHistory>> => {
  const definitions = await loadDefinitions(ctx, ids)
  const { calendar } = definitions
  const isInWeeks =
    grain !== 'day' && grain !== 'week' && ids.some((id) => definitions.byId.get(id)?.frequency === 'week')
  // A month is over with the last week that belongs to it.
  const held = heldOn(periodOf(ctx.today, 'week', calendar))
  const current = periodOf(isInWeeks && held < ctx.today ? held : ctx.today, grain, calendar)
  const from = periodAfter(current, -mostPeriods, calendar).start
  const to = periodAfter(current, -1, calendar).end
  const found = await kpiValues(ctx, definitions, ids, { from, to, grain, inWeeks: isInWeeks })
  return new Map(
    [...found].map(([id, { periods, groups }]) => {
      const points = groups[0]?.points ?? []
      return [id, { grain, calendar, periods, values: periods.map((_period, at) => points[at]?.value ?? null) }]
    }),
  )
}

/** The history of one KPI. */
export const historyOf = async (ctx: Context, kpi: Kpi, asked: Period | undefined): Promise<KpiHistory> => {
  const found = await historiesOf(ctx, [kpi.id], grainFor(kpi, asked))
  return found.get(kpi.id) as KpiHistory
}

/** What a KPI is judged against, from which day on. */
export const targetsOf = async ({ actor, db }: Context, kpiId: string): Promise<KpiTargetFrom[]> =>
  query<KpiTargetFrom>(
    db,
    'kpi_targets_of',
    `select effective_from as "effectiveFrom", target, red_line as "redLine", upper_target as "upperTarget",
       upper_red_line as "upperRedLine" from kpi_targets where tenant_id = $1 and kpi_id = $2 and deleted_at is null`,
    [actor.tenantId, kpiId],
  )
