import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { type Calendar, defaultCalendar, type KpiFormula, type Period, parseFormula } from '../../scoring/index.ts'
import type { kpis } from './kpi.table.ts'

type Kpi = typeof kpis.$inferSelect

/** What a value is worked out by. */
export type Definition = Pick<Kpi, 'id' | 'code' | 'frequency' | 'aggregation' | 'rollup' | 'formula'>
/** KPIs with all that their formulas read, however far down, and the calendar their periods follow. */
export type Definitions = { byId: ReadonlyMap<string, Definition>; calendar: Calendar }

const definitionsText = `
  with recursive used (id) as (
    select unnest($2::uuid[])
    union
    select n.input_id from used join kpi_inputs n on n.tenant_id = $1 and n.kpi_id = used.id
  )
  select g.week_start as "weekStart", g.fiscal_year_start_month as "fiscalYearStartMonth",
    coalesce((select json_agg(json_build_object('id', i.id, 'code', i.code, 'frequency', i.frequency,
      'aggregation', i.aggregation, 'rollup', i.rollup, 'formula', i.formula))
      from used join kpis i on i.tenant_id = $1 and i.id = used.id and i.deleted_at is null), '[]') as rows
  from organizations g where g.tenant_id = $1 and g.id = $1`

/** Reads the definitions of KPIs and of whatever their formulas read, with the organization's calendar: one statement. */
export const loadDefinitions = async ({ db, actor }: Context, ids: readonly string[]): Promise<Definitions> => {
  const [found] = await query<Calendar & { rows: Definition[] }>(db, 'kpi_definitions', definitionsText, [
    actor.tenantId,
    ids,
  ])
  const { rows, ...calendar } = found ?? { rows: [], ...defaultCalendar }
  return { byId: new Map(rows.map((row) => [row.id, row])), calendar }
}

/** The organization's calendar: what periods follow. */
export const calendarOf = async ({ db, actor }: Context): Promise<Calendar> => {
  const [calendar] = await query<Calendar>(
    db,
    'calendar',
    `select week_start as "weekStart", fiscal_year_start_month as "fiscalYearStartMonth"
     from organizations where tenant_id = $1 and id = $1`,
    [actor.tenantId],
  )
  return calendar ?? defaultCalendar
}

/** The grain a KPI's values have by themselves; null for `irregular`, whose points are periods of their own. */
export const grainOf = ({ frequency }: Pick<Definition, 'frequency'>): Period | null =>
  frequency === 'irregular' ? null : frequency

const parsed = new Map<string, KpiFormula>()
const parsedAtMost = 1_000

/** A stored formula, understood; it was judged when it was written. */
export const formulaOf = (text: string): KpiFormula => {
  const known = parsed.get(text)
  if (known) return known
  const { formula, fault } = parseFormula(text)
  if (fault) throw new Error(`a stored formula is not one: ${fault.message}`)
  if (parsed.size >= parsedAtMost) parsed.clear()
  parsed.set(text, formula)
  return formula
}

/** How many periods a KPI looks back, through all formulas it is made of. */
export const reachOf = ({ byId }: Definitions, id: string): number => {
  const byCode = codesOf(byId)
  const known = new Map<string, number>()
  const reach = (definition: Definition | undefined): number => {
    if (!definition?.formula) return 0
    let own = known.get(definition.id)
    if (own === undefined) {
      const { back, kpis: codes } = formulaOf(definition.formula)
      own = back + Math.max(0, ...codes.map((code) => reach(byCode.get(code))))
      known.set(definition.id, own)
    }
    return own
  }
  return reach(byId.get(id))
}

/** The measured KPIs that make the given ones, through all formulas between. */
export const leavesOf = ({ byId }: Definitions, wanted: readonly Definition[]): Definition[] => {
  const byCode = codesOf(byId)
  const seen = new Set<Definition>()
  const visit = (definition: Definition | undefined): void => {
    if (!definition || seen.has(definition)) return
    seen.add(definition)
    if (definition.formula) for (const code of formulaOf(definition.formula).kpis) visit(byCode.get(code))
  }
  wanted.forEach(visit)
  return [...seen].filter(({ formula }) => formula === null)
}

export const codesOf = (byId: Definitions['byId']): ReadonlyMap<string, Definition> =>
  new Map([...byId.values()].map((each) => [each.code, each]))
