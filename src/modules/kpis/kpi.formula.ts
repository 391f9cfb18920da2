import { and, sql } from 'drizzle-orm'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { columnOf, readable, readValues, sightIn } from '../../api/select.ts'
import { query, run } from '../../db/statement.ts'
import { type KpiFormula, parseFormula, unitFault } from '../../scoring/index.ts'
import { kpi } from './kpi.resource.ts'
import { kpis } from './kpi.table.ts'

type Kpi = typeof kpis.$inferSelect
type Input = Pick<Kpi, 'id' | 'code' | 'unit' | 'unitKind'>

/** A formula as a caller wrote it. 422 `invalid_formula`, with the place in words. */
export const readFormula = (text: string): KpiFormula => {
  const { formula, fault } = parseFormula(text)
  if (fault) throw inputProblem('invalid_formula', '/formula', `at character ${fault.position + 1}: ${fault.message}`)
  if (formula.kpis.length === 0) throw inputProblem('invalid_formula', '/formula', 'it reads no KPI')
  return formula
}

/** The KPIs codes stand for, as far as the caller may see them. */
const inputsOf = (ctx: Context, codes: readonly string[]): Promise<Input[]> =>
  run<Input>(
    ctx.db,
    sql`select id, code, unit, unit_kind as "unitKind" from ${kpis}
      where ${and(readable(kpi, sightIn(ctx, kpi)), sql`${columnOf(kpi, 'code')} = any(${sql.placeholder('codes')})`)}`,
    { ...readValues(ctx), codes },
  )

/** A percentage and a ratio are plain numbers to a formula; a currency or a duration is what its unit says. */
const unitOf = ({ unit, unitKind }: Input): string | null =>
  unitKind === 'percent' || unitKind === 'ratio' ? '%' : unit

/** Ids of the KPIs that formulas in the inputs of a write would read, so that they are locked with it. */
export const namedInFormulas = async (ctx: Context, formulas: readonly unknown[]): Promise<string[]> => {
  const codes = formulas.flatMap((text) => (typeof text === 'string' ? (parseFormula(text).formula?.kpis ?? []) : []))
  return codes.length === 0 ? [] : (await inputsOf(ctx, codes)).map(({ id }) => id)
}

/**
 * A formula must read, by codes that exist, what has units that go together, and be worked out in periods.
 * 422 `invalid_formula`, `reference_not_found`; 409 `formula_cycle` for a formula over itself.
 */
export const judgeFormula = async (ctx: Context, { code, formula, frequency }: Kpi): Promise<void> => {
  if (formula === null) return
  const parsed = readFormula(formula)
  if (frequency === 'irregular')
    throw inputProblem(
      'invalid_formula',
      '/frequency',
      'a formula is worked out period by period, so it needs a frequency',
    )
  if (parsed.kpis.includes(code)) throw new Problem('formula_cycle', `${code} would read itself`)
  const inputs = new Map((await inputsOf(ctx, parsed.kpis)).map((input) => [input.code, input]))
  const missing = parsed.kpis.find((each) => !inputs.has(each))
  if (missing) throw inputProblem('reference_not_found', '/formula', `there is no KPI ${missing}`)
  const fault = unitFault(parsed, (each) => {
    const input = inputs.get(each)
    return input ? unitOf(input) : null
  })
  if (fault) throw inputProblem('invalid_formula', '/formula', fault.message)
}

/**
 * Keeps which KPIs formulas read, then looks for a circle, behind the tree lock of the write: two formulas over each
 * other cannot both pass. 409 `formula_cycle`
 */
export const saveInputs = async (ctx: Context, changed: readonly Kpi[]): Promise<void> => {
  if (changed.length === 0) return
  const { actor, db } = ctx
  const read = changed.flatMap(({ id, formula, deletedAt }) =>
    formula === null || deletedAt !== null ? [] : readFormula(formula).kpis.map((code) => ({ id, code })),
  )
  const ids = changed.map(({ id }) => id)
  await query(db, 'kpi_inputs_clear', 'delete from kpi_inputs where tenant_id = $1 and kpi_id = any($2)', [
    actor.tenantId,
    ids,
  ])
  await query(
    db,
    'kpi_inputs_fill',
    `insert into kpi_inputs (tenant_id, kpi_id, input_id)
     select $1, v.id, i.id from unnest($2::uuid[], $3::text[]) as v (id, code)
     join kpis i on i.tenant_id = $1 and i.code = v.code and i.deleted_at is null`,
    [actor.tenantId, read.map(({ id }) => id), read.map(({ code }) => code)],
  )
  const [circle] = await query<{ code: string }>(
    db,
    'kpi_inputs_circle',
    `with recursive used (start, id) as (
       select kpi_id, input_id from kpi_inputs where tenant_id = $1 and kpi_id = any($2)
       union
       select used.start, n.input_id from used join kpi_inputs n on n.tenant_id = $1 and n.kpi_id = used.id
     )
     select i.code from used join kpis i on i.tenant_id = $1 and i.id = used.start where used.start = used.id limit 1`,
    [actor.tenantId, ids],
  )
  if (circle) throw new Problem('formula_cycle', `${circle.code} would read itself`)
}

/** Formulas name KPIs by code: while one reads a KPI its code stands. 409 */
export const requireUnread = async ({ actor, db }: Context, { id, code }: Pick<Kpi, 'id' | 'code'>): Promise<void> => {
  const rows = await query(
    db,
    'kpi_is_read',
    'select kpi_id from kpi_inputs where tenant_id = $1 and input_id = $2 limit 1',
    [actor.tenantId, id],
  )
  if (rows.length > 0) throw new Problem('has_dependents', `A formula reads ${code}: its code stands`)
}
