import { type Column, day, double, flag, guid, instant, text } from './column.ts'
import { type BiTable, lifeOf, today } from './table.ts'

const kpiScope = { scope: 'kpi:read', isGuarded: true } as const
const isShared = `k.visibility <> 'private'`
const seen = text('k.visibility', 'organization or restricted; private KPIs are not published.')

/** The targets in force on the last day of a period; the past keeps its own. */
const targetOn = (lastDay: string): string => `lateral (
  select t.target, t.red_line, t.upper_target, t.upper_red_line from kpi_targets t
  where t.tenant_id = k.tenant_id and t.kpi_id = k.id and t.deleted_at is null and t.effective_from <= ${lastDay}
  order by t.effective_from desc limit 1) t on true`

const lines = (alias: string): Record<string, Column> => ({
  target: double(`${alias}.target`, 'Where the value shall be; for a range the lower side.'),
  red_line: double(`${alias}.red_line`, 'Where it must not be; for a range the lower side.'),
  upper_target: double(`${alias}.upper_target`, 'The upper side of a range.'),
  upper_red_line: double(`${alias}.upper_red_line`, 'The upper side of a range.'),
})

/** What belongs to a KPI goes with it, and counts no more. */
const deletedAt = (alias: string): string => `coalesce(${alias}.deleted_at, k.deleted_at)`

/** The KPIs of the scorecard `k`. */
const kpisOfCard = 'kpis i where i.tenant_id = k.tenant_id and i.id = any(k.kpi_ids)'

/** KPIs and their history. */
export const kpiTables: readonly BiTable[] = [
  {
    ...kpiScope,
    kind: 'dimension',
    name: 'kpis',
    entitySet: 'Kpis',
    says: 'KPIs with their value and status of today.',
    from: 'kpis k join organizations g on g.tenant_id = k.tenant_id and g.id = k.tenant_id',
    reads: ['kpis', 'organizations'],
    where: isShared,
    key: 'kpi_id',
    changedAt: 'changed_at',
    columns: {
      kpi_id: guid('k.id', 'The KPI.'),
      external_id: text('k.external_id', "The caller's own id."),
      code: text('k.code', 'Its code.'),
      name: text('k.name', 'Its name.'),
      unit_kind: text('k.unit_kind', 'number, percent, currency, duration or ratio.'),
      unit: text('k.unit', 'The unit of its values.'),
      direction: text('k.direction', 'up, down or range: what is good.'),
      nature: text('k.nature', 'lagging, leading or risk.'),
      level: text('k.level', 'strategic, tactical, operational or individual.'),
      owner_type: text('k.owner_type', 'organization, department, team or user.'),
      owner_id: guid('k.owner_id', 'The owner, by owner_type.'),
      department_id: guid('k.department_id', 'departments.department_id'),
      team_id: guid('k.team_id', 'teams.team_id'),
      parent_id: guid('k.parent_id', 'The KPI above: kpis.kpi_id.'),
      frequency: text('k.frequency', 'day, week, month, quarter, year or irregular.'),
      aggregation: text('k.aggregation', 'How points make the value of a period.'),
      rollup: text('k.rollup', 'How members and children make their total; empty adds none up.'),
      formula: text('k.formula', 'What it is computed from; empty where it is measured.'),
      benchmark: double('k.benchmark', 'What others reach.'),
      state: text('k.state', 'active or retired.'),
      visibility: seen,
      value: double('k.value', 'The latest value.'),
      status: text(
        `k.status_is[width_bucket(${today}, k.status_from)]`,
        'green, amber, red, no_data or no_target: today, of the value judged.',
      ),
      trend: double('k.slope', 'Change a period, by the line through the last periods.'),
      is_stale: flag(`coalesce(k.stale_from <= ${today}, false)`, 'Not measured for twice its frequency.'),
      scored_at: instant('k.scored_at', 'When value or status last changed.'),
      ...lifeOf('k'),
      changed_at: instant('greatest(k.updated_at, k.scored_at)', 'When it, its value or its status last changed.'),
    },
  },
  {
    ...kpiScope,
    kind: 'fact',
    name: 'kpi_targets',
    entitySet: 'KpiTargets',
    says: 'Targets and red lines by the day they came into force.',
    from: 'kpi_targets t join kpis k on k.tenant_id = t.tenant_id and k.id = t.kpi_id',
    reads: ['kpi_targets', 'kpis'],
    where: isShared,
    key: 'kpi_target_id',
    changedAt: 'changed_at',
    columns: {
      kpi_target_id: guid('t.id', 'The target.'),
      kpi_id: guid('t.kpi_id', 'kpis.kpi_id'),
      effective_from: day('t.effective_from', 'The first day it is in force.'),
      ...lines('t'),
      visibility: seen,
      ...lifeOf('t'),
      deleted_at: instant(deletedAt('t'), 'When it or its KPI was deleted; empty for live rows.'),
      changed_at: instant('greatest(t.updated_at, k.deleted_at)', 'When it was last changed, or its KPI deleted.'),
    },
  },
  {
    ...kpiScope,
    kind: 'fact',
    name: 'measurements',
    entitySet: 'Measurements',
    says: 'Points of KPIs by period and dimensions, corrected and withdrawn ones included, beside the target in force.',
    from: `measurements m join kpis k on k.tenant_id = m.tenant_id and k.id = m.kpi_id
      join kpi_series s on s.tenant_id = m.tenant_id and s.id = m.series_id
      left join ${targetOn('m.period_end')}`,
    reads: ['measurements', 'kpis', 'kpi_series', 'kpi_targets'],
    where: isShared,
    key: 'measurement_id',
    changedAt: 'changed_at',
    columns: {
      measurement_id: guid('m.id', 'The measurement.'),
      kpi_id: guid('m.kpi_id', 'kpis.kpi_id'),
      kpi_code: text('k.code', 'The code of the KPI.'),
      series_id: guid('m.series_id', 'The KPI with these dimensions.'),
      dimensions: text('s.key', 'What the value is of, as JSON; {} is the whole.'),
      period: text('m.period', 'The period, such as 2026-02 or 2026-Q1.'),
      grain: text('m.grain', 'day, week, month, quarter or year.'),
      period_start: day('m.period_start', 'First day of the period.'),
      period_end: day('m.period_end', 'Last day of the period.'),
      value: double('m.value', 'The value; empty where the denominator is 0.'),
      numerator: double('m.numerator', 'Of a ratio: add these up and divide, never the values.'),
      denominator: double('m.denominator', 'Of a ratio.'),
      unit: text('k.unit', 'The unit of the value.'),
      ...lines('t'),
      source: text('m.source', 'Where it came from, such as api or import.'),
      recorded_at: instant('m.created_at', 'When it was learnt.'),
      superseded_at: instant('m.superseded_at', 'When a correction took its place.'),
      is_current: flag(
        '(m.superseded_at is null and m.deleted_at is null and k.deleted_at is null)',
        'Whether it counts: neither corrected nor withdrawn, of a KPI that is there.',
      ),
      visibility: seen,
      updated_at: instant('m.updated_at', 'When it was recorded, corrected or withdrawn.'),
      deleted_at: instant(deletedAt('m'), 'When it was withdrawn, or its KPI deleted.'),
      changed_at: instant('greatest(m.updated_at, k.deleted_at)', 'When it was last changed, or its KPI deleted.'),
    },
  },
  {
    ...kpiScope,
    kind: 'dimension',
    name: 'scorecard_items',
    entitySet: 'ScorecardItems',
    says: 'The KPIs of scorecards with perspective and weight.',
    from: `scorecards k cross join lateral jsonb_to_recordset(k.items) as i ("kpiId" uuid, perspective text, weight float8)`,
    reads: ['scorecards', 'kpis'],
    // A card that holds a KPI the reader may not see is hidden whole, as in the API: its visibility is the narrowest of all.
    where: `${isShared} and not exists (select from ${kpisOfCard} and i.visibility = 'private')`,
    key: 'scorecard_item_id',
    changedAt: 'updated_at',
    columns: {
      scorecard_item_id: guid(`md5(k.id::text || i."kpiId"::text)::uuid`, 'The KPI in the scorecard.'),
      scorecard_id: guid('k.id', 'The scorecard.'),
      scorecard_name: text('k.name', 'Its name.'),
      kpi_id: guid('i."kpiId"', 'kpis.kpi_id'),
      perspective: text('i.perspective', 'Such as financial, customer, internal or growth.'),
      weight: double('i.weight', 'Its weight in the scorecard.'),
      visibility: text(
        `case when exists (select from ${kpisOfCard} and i.visibility <> 'organization') then 'restricted' else k.visibility end`,
        'The narrowest of the scorecard and its KPIs, organization or restricted; private ones are not published.',
      ),
      ...lifeOf('k'),
    },
  },
]
