import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'

const openness = (alias: string): string =>
  `case ${alias}.visibility when 'organization' then 3 when 'restricted' then 2 else 1 end`

// Everybody sees what is for the organization; nobody but administrators what is private to no person.
const exposedText = `
  select f.code as formula, i.code as input, f.id = any($2) as "isWritten"
  from kpi_inputs n
  join kpis f on f.tenant_id = $1 and f.id = n.kpi_id
  join kpis i on i.tenant_id = $1 and i.id = n.input_id
  where n.tenant_id = $1 and (n.kpi_id = any($2) or n.input_id = any($2))
    and i.visibility <> 'organization' and not (i.visibility = 'restricted' and i.owner_type = 'organization')
    and not (f.owner_type = i.owner_type and f.owner_id = i.owner_id and ${openness('f')} <= ${openness('i')})
    and not (f.visibility = 'private' and f.owner_type <> 'user')
  order by "isWritten" desc limit 1`

/**
 * Whoever sees a formula sees all it reads: a value would tell of its inputs. So an input is for the whole organization, or
 * formula and input have one owner and the formula is no more visible (decision 66). Asked of KPIs just written, as formulas
 * and as inputs; what they read must be kept already. 422 `formula_exposes_input`
 */
export const requireUnexposed = async ({ actor, db }: Context, ids: readonly string[]): Promise<void> => {
  const [found] = await query<{ formula: string; input: string; isWritten: boolean }>(
    db,
    'kpi_inputs_exposed',
    exposedText,
    [actor.tenantId, ids],
  )
  if (!found) return
  const { formula, input, isWritten } = found
  throw isWritten
    ? inputProblem(
        'formula_exposes_input',
        '/visibility',
        `whoever sees ${formula} need not see ${input}, which it reads`,
      )
    : inputProblem('formula_exposes_input', '/visibility', `a formula that others may see reads ${input}`)
}
