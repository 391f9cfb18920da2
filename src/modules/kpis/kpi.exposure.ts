import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'
import type { Touched } from '../goals/goal.lock.ts'

const readers = { organization: 3, restricted: 2, private: 1 } as const
const openness = (alias: string): string =>
  `case ${alias}.visibility ${Object.entries(readers)
    .map(([visibility, rank]) => `when '${visibility}' then ${rank}`)
    .join(' ')} end`

/** More people may see the one than the other, if both have the same owner. */
export const isMoreVisible = (one: keyof typeof readers, other: keyof typeof readers): boolean =>
  readers[one] > readers[other]

/**
 * Whether somebody may see the KPI or objective `reader`, but not the KPI `input` that it tells of. Everybody sees what is
 * for the organization; nobody but administrators what is private to no person.
 */
const isExposed = (reader: string, input: string): string => `(
  ${input}.visibility <> 'organization' and not (${input}.visibility = 'restricted' and ${input}.owner_type = 'organization')
  and not (${reader}.owner_type = ${input}.owner_type and ${reader}.owner_id = ${input}.owner_id
    and ${openness(reader)} <= ${openness(input)})
  and not (${reader}.visibility = 'private' and ${reader}.owner_type <> 'user'))`

const formulasText = `
  select f.code as formula, i.code as input, f.id = any($2) as "isWritten"
  from kpi_inputs n
  join kpis f on f.tenant_id = $1 and f.id = n.kpi_id
  join kpis i on i.tenant_id = $1 and i.id = n.input_id
  where n.tenant_id = $1 and (n.kpi_id = any($2) or n.input_id = any($2)) and ${isExposed('f', 'i')}
  order by "isWritten" desc limit 1`

// A closed key result is history: it follows no longer. Others that lie under a closed objective go on following.
const followersText = `
  select k.id as "keyResultId", k.title as "keyResult", o.id as "objectiveId", o.title as objective, i.id as "kpiId"
  from key_results k
  join objectives o on o.tenant_id = $1 and o.id = k.objective_id and o.deleted_at is null
  join kpis i on i.tenant_id = $1 and i.id = k.kpi_id
  where k.tenant_id = $1 and k.deleted_at is null and k.state <> 'closed'
    and (k.id = any($2) or k.objective_id = any($3) or k.kpi_id = any($4)) and ${isExposed('o', 'i')}
  order by array_position($2, k.id), array_position($3, o.id), array_position($4, i.id), k.id limit 1`

type Exposed = { keyResultId: string; keyResult: string; objectiveId: string; objective: string; kpiId: string }

/** The first of these key results, or of those of these objectives or KPIs, that tells somebody of a KPI not for them. */
const followedOpenly = async (
  { actor, db }: Context,
  { keyResultIds = [], objectiveIds = [], kpiIds = [] }: Touched & { kpiIds?: readonly string[] },
): Promise<Exposed | undefined> => {
  if (keyResultIds.length + objectiveIds.length + kpiIds.length === 0) return undefined
  const values = [actor.tenantId, keyResultIds, objectiveIds, kpiIds]
  return (await query<Exposed>(db, 'kpis_followed_openly', followersText, values))[0]
}

/**
 * Those of these key results that are closed and followed a formula that is not for all who see the objective now: it may
 * read by now what never was for them, and what it came to before is no longer known.
 */
export const exposedSinceClosed = async (
  { actor, db }: Context,
  keyResultIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  const rows = await query<{ id: string }>(
    db,
    'key_results_exposed_since_closed',
    `select k.id from key_results k
     join objectives o on o.tenant_id = $1 and o.id = k.objective_id
     join kpis i on i.tenant_id = $1 and i.id = k.kpi_id and i.formula is not null
     where k.tenant_id = $1 and k.id = any($2) and k.state = 'closed' and ${isExposed('o', 'i')}`,
    [actor.tenantId, keyResultIds],
  )
  return new Set(rows.map(({ id }) => id))
}

/**
 * Whoever sees a formula sees all it reads: a value would tell of its inputs. So an input is for the whole organization, or
 * both have one owner and what reads is no more visible (decision 66). Asked of KPIs just written, as formulas and as
 * inputs; what they read must be kept already. 422 `formula_exposes_input`
 */
export const requireUnexposed = async (ctx: Context, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  const [found] = await query<{ formula: string; input: string; isWritten: boolean }>(
    ctx.db,
    'kpi_inputs_exposed',
    formulasText,
    [ctx.actor.tenantId, ids],
  )
  if (found) {
    const { formula, input, isWritten } = found
    const fault = isWritten
      ? `whoever sees ${formula} need not see ${input}, which it reads`
      : `a formula that others may see reads ${input}`
    throw inputProblem('formula_exposes_input', '/visibility', fault)
  }
}

/**
 * The same of the key results that follow KPIs which fewer see now, or others. What follows it the caller may not see.
 * 422 `key_result_exposes_kpi`
 */
export const requireUnfollowed = async (
  ctx: Context,
  ids: readonly string[],
  pointerOf: (kpiId: string) => string,
): Promise<void> => {
  const found = await followedOpenly(ctx, { kpiIds: ids })
  if (found)
    throw inputProblem('key_result_exposes_kpi', pointerOf(found.kpiId), 'a key result that others may see follows it')
}

/**
 * The same of key results just written, and of objectives that others see now, with the KPIs held (`shareKpis`).
 * 422 `key_result_exposes_kpi`
 */
export const requireUnexposedGoals = async (
  ctx: Context,
  touched: Touched,
  pointerOf: (exposed: Pick<Exposed, 'keyResultId' | 'objectiveId'>) => string,
): Promise<void> => {
  const found = await followedOpenly(ctx, touched)
  if (!found) return
  const fault = `whoever sees the objective "${found.objective}" need not see the KPI that "${found.keyResult}" follows`
  throw inputProblem('key_result_exposes_kpi', pointerOf(found), fault)
}
