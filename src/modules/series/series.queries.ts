import type { Context } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import { query } from '../../db/statement.ts'
import type { KpiTargetFrom } from '../../scoring/index.ts'
import { readableIds } from '../goals/goal.sight.ts'
import { type Definition, type Definitions, loadDefinitions } from '../kpis/kpi.definitions.ts'
import { kpi as resource } from '../kpis/kpi.resource.ts'
import type { kpis } from '../kpis/kpi.table.ts'

type Kpi = typeof kpis.$inferSelect

/** A KPI with what its values are worked out and judged by. */
export type SeriesSubject = {
  kpi: Definition & Pick<Kpi, 'direction' | 'name' | 'unit' | 'unitKind'>
  definitions: Definitions
  targets: KpiTargetFrom[]
  childIds: string[]
  /** Those of them that are not retired. */
  activeChildIds: string[]
}

const besideText = `
  select coalesce((select json_agg(json_build_object('effectiveFrom', t.effective_from, 'target', t.target, 'redLine', t.red_line,
      'upperTarget', t.upper_target, 'upperRedLine', t.upper_red_line))
    from kpi_targets t where t.tenant_id = $1 and t.kpi_id = $2 and t.deleted_at is null), '[]') as targets,
  array(select i.id from kpis i where i.tenant_id = $1 and i.parent_id = $2 and i.deleted_at is null order by i.id) as "childIds",
  array(select i.id from kpis i where i.tenant_id = $1 and i.parent_id = $2 and i.deleted_at is null and i.state = 'active')
    as "activeChildIds"`

/** A KPI the caller may see, with targets and definitions: sent at once. `withChildren` reads those of child KPIs, too. */
export const findSubject = async (
  ctx: Context,
  id: string,
  withChildren = false,
): Promise<SeriesSubject | undefined> => {
  const [row, [beside], own] = await Promise.all([
    findOne(ctx, resource, id),
    query<Omit<SeriesSubject, 'kpi' | 'definitions'>>(ctx.db, 'kpi_beside', besideText, [ctx.actor.tenantId, id]),
    loadDefinitions(ctx, [id]),
  ])
  if (!row || !beside) return undefined
  const kpi = row as SeriesSubject['kpi']
  if (!withChildren) return { ...beside, definitions: own, kpi }
  // A total of a few is easily taken apart: what its reader may not see is no part of it.
  const seen = await readableIds(ctx, resource, beside.childIds)
  const childIds = beside.childIds.filter((child) => seen.has(child))
  const activeChildIds = beside.activeChildIds.filter((child) => seen.has(child))
  return { ...beside, childIds, activeChildIds, definitions: await loadDefinitions(ctx, [id, ...childIds]), kpi }
}
