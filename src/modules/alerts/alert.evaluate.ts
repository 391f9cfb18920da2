import { newId } from '../../api/new-id.ts'
import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { newestAnomalies } from './alert.anomalies.ts'
import { raiseText, resolveText, type Standing, standingsTexts } from './alert.queries.ts'

/** What to look at: subjects, by the rules there are, or rules in all their subjects. */
export type Scope =
  | { kpiIds?: readonly string[]; objectiveIds?: readonly string[]; keyResultIds?: readonly string[] }
  | { ruleIds: readonly string[] | null }

/** An episode that began or ended. */
type Told = { id: string; subjectType: string; subjectId: string }

/**
 * Raises an alert where a rule begins to hold and resolves it where it ends, in the transaction of what changed. One
 * statement while there is nothing to tell; none of it depends on what was known before, so it may run at any time.
 */
export const evaluateAlerts = async (ctx: Context, scope: Scope): Promise<void> => {
  const [name, places] =
    'ruleIds' in scope
      ? (['alert_standings', [scope.ruleIds]] as const)
      : ([
          'alert_standings_of',
          [null, scope.kpiIds ?? [], scope.objectiveIds ?? [], scope.keyResultIds ?? []],
        ] as const)
  const values = [ctx.actor.tenantId, ctx.today, ...places]
  const standings = await query<Standing>(ctx.db, name, standingsTexts[name], values)
  if (standings.length === 0) return
  const odd = await newestAnomalies(
    ctx,
    standings.flatMap(({ holds, kpiId }) => (holds === null && kpiId ? [kpiId] : [])),
  )
  const settled = standings.map((standing) => {
    if (standing.holds !== null || standing.kpiId === null) return standing
    const evidence = odd.get(standing.kpiId)
    return { ...standing, holds: evidence !== undefined, evidence: evidence ?? standing.evidence }
  })
  await raise(
    ctx,
    settled.filter(({ holds, openId }) => holds && openId === null),
  )
  await resolve(
    ctx,
    settled.flatMap(({ holds, openId }) => (!holds && openId ? [openId] : [])),
  )
}

const raise = async (ctx: Context, begun: readonly Standing[]): Promise<void> => {
  if (begun.length === 0) return
  const rows = begun.map((standing) => ({ ...standing, id: newId(), because: becauseOf(standing) }))
  const values = [ctx.actor.tenantId, ctx.now, JSON.stringify(rows)]
  for (const told of await query<Told>(ctx.db, 'alerts_raise', raiseText, values)) tell(ctx, 'alert.raised', told)
}

const resolve = async (ctx: Context, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  const ended = await query<Told>(ctx.db, 'alerts_resolve', resolveText, [ctx.actor.tenantId, ctx.now, ids])
  for (const told of ended) tell(ctx, 'alert.resolved', told)
}

const tell = (ctx: Context, type: string, { id, subjectType, subjectId }: Told): void =>
  ctx.emit({ type, subject: { type: 'alert', id }, cause: { type: subjectType, id: subjectId } })

const becauseOf = ({ kind, title, evidence }: Standing): string => {
  const { value, above, below } = evidence as { value?: number; above?: number; below?: number }
  if (kind === 'kpi_stale') return `"${title}" was not measured for twice its frequency`
  if (kind === 'kpi_anomaly') return `"${title}" is ${value}, which does not fit what it was before`
  if (kind === 'objective_off_track') return `"${title}" is off track`
  if (kind === 'key_result_stale') return `"${title}" was not read for twice its cadence`
  if (above !== undefined && value !== undefined && value > above) return `"${title}" is ${value}, above ${above}`
  if (below !== undefined && value !== undefined && value < below) return `"${title}" is ${value}, below ${below}`
  return `"${title}" is ${value}, at its red line or beyond`
}
