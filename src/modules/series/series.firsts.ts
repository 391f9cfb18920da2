import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { heldOn, type Period, periodOf } from '../../scoring/index.ts'
import { leavesOf } from '../kpis/kpi.definitions.ts'
import { current, known } from '../kpis/kpi.points.asked.ts'
import type { ValuesAsked } from '../kpis/kpi.values.asked.ts'
import type { Dimensions } from '../measurements/measurement.table.ts'
import type { SeriesSubject } from './series.queries.ts'

/** A child KPI whose values a total needs, in the group `dimensions`, from the day `first` on. */
export type Awaited = { id: string; dimensions: Dimensions; first: string }

type Found = { kpiId: string; dimensions: Dimensions; grain: Period; start: string }

const firstOf = (when: string): string => `(select m.grain, m.period_start from measurements m
  where m.tenant_id = $1 and m.series_id = s.id and ${when} order by m.period_start limit 1)`

// By the index of what counts now; only for an instant in the past also by that of what was corrected or taken back since.
const firstsText = `
  select distinct on (s.kpi_id, of.members) s.kpi_id as "kpiId", of.members as dimensions, f.grain, f.period_start as start
  from kpi_series s
  cross join lateral (select coalesce(jsonb_object_agg(name, s.dimensions -> name), '{}') as members from unnest($4::text[]) name) of
  cross join lateral (
    ${firstOf(`${current} and ($5::timestamptz is null or m.created_at <= $5)`)}
    union all
    ${firstOf(`$5::timestamptz is not null and (m.superseded_at is not null or m.deleted_at is not null) and ${known('$5')}`)}
  ) f
  where s.tenant_id = $1 and s.kpi_id = any($2) and s.dimensions @> $3::jsonb and s.dimensions ?& $4::text[]
  order by s.kpi_id, of.members, f.period_start`

/**
 * Since when each child KPI is measured, wherever that lies: without its value a later total is not complete. Of a formula
 * the first of all it reads counts. Retired ones are waited for no longer.
 */
export const awaitedOf = async (
  ctx: Context,
  { definitions, activeChildIds }: SeriesSubject,
  { filter = {}, groupBy = [], knownAt, inWeeks }: ValuesAsked,
): Promise<Awaited[]> => {
  const { byId, calendar } = definitions
  const children = activeChildIds.flatMap((id) => {
    const definition = byId.get(id)
    return definition ? [{ id, leaves: leavesOf(definitions, [definition]) }] : []
  })
  const leafIds = [...new Set(children.flatMap(({ leaves }) => leaves.map(({ id }) => id)))]
  if (leafIds.length === 0) return []
  const values = [ctx.actor.tenantId, leafIds, JSON.stringify(filter), groupBy, knownAt ?? null]
  const byLeaf = Map.groupBy(await query<Found>(ctx.db, 'kpi_firsts', firstsText, values), ({ kpiId }) => kpiId)
  return children.flatMap(({ id, leaves }) =>
    leaves.flatMap((leaf) =>
      (byLeaf.get(leaf.id) ?? []).map(({ dimensions, grain, start }) => {
        // Days of what is told in weeks belong where their week does (decision 38).
        const isInWeek = grain === 'week' || (grain === 'day' && (inWeeks || leaf.frequency === 'week'))
        return { id, dimensions, first: isInWeek ? heldOn(periodOf(start, 'week', calendar)) : start }
      }),
    ),
  )
}
