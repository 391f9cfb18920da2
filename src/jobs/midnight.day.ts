import { calendarDay } from '../api/clock.ts'
import { sendJournal } from '../api/journal.ts'
import type { Context, Event } from '../api/operation.ts'
import { query } from '../db/statement.ts'
import { openTransaction } from '../db/transaction.ts'
import { lockGraphs } from '../modules/goals/goal.lock.ts'
import { rescore } from '../modules/goals/goal.rescore.ts'
import { dayNumber, dayOf } from '../scoring/index.ts'
import { rescoreKpisDue } from './midnight.kpis.ts'
import { type JobOptions, jobContext, untilDone } from './organizations.ts'

type Turned = { timeZone: string; day: string; today: string }

/** A node that was away longer starts this many days back: scores of older days are nobody's question any more. */
const mostDays = 400

const stateText = `
  select g.time_zone as "timeZone", g.secret, m.through,
    (select min(k.score ->> 'scoredOn') from key_results k where k.tenant_id = $1 and k.mode in ('adherence', 'accrual')
       and k.state = 'active' and k.deleted_at is null) as "scoredOn"
  from organizations g left join midnights m on m.tenant_id = $1 where g.tenant_id = $1 and g.id = $1`

// What was scored on the day or later knows it already: a reading came before the job did. A sum becomes a reading of the
// key results that follow it on the day after its period.
const dueText = `
  select k.id, k.objective_id as "objectiveId" from key_results k
  join objectives o on o.tenant_id = $1 and o.id = k.objective_id and o.deleted_at is null and o.state <> 'closed'
  left join kpis i on i.tenant_id = $1 and i.id = k.kpi_id and k.kpi_window = 'latest' and i.aggregation = 'sum'
  where k.tenant_id = $1 and k.deleted_at is null and (
    (k.mode in ('adherence', 'accrual') and k.state = 'active' and (k.score ->> 'scoredOn') < $2)
    or (k.state in ('draft', 'active') and i.judged -> 'latest' ->> 'end' < $2
      and k.score ->> 'scoredOn' <= i.judged -> 'latest' ->> 'end')) order by k.id`

/** What is done for a day of an organization; `since` is the last day that was done. */
type Step = (ctx: Context, since: string) => Promise<void>

/**
 * Takes one organization one day further: rescores, as of that day, the KPIs and the key results whose periods time begins
 * or ends, with all goals above them. Does nothing when another node did, or when the organization is up to date.
 */
export const rescoreDay = async (options: JobOptions, tenantId: string): Promise<Turned> => {
  // By themselves, since they are locked before any goal graph, and lead to graphs of their own.
  const kpis = await untilDone((memo) => attempt(options, tenantId, memo, rescoreKpisDue))
  if (kpis.since === null) return kpis
  return untilDone((memo) => attempt(options, tenantId, memo, rescoreDue, kpis.since ?? undefined))
}

/** The last step is told since when the ones before it began, and ends the day, unless another node ended it meanwhile. */
const attempt = async (
  options: JobOptions,
  tenantId: string,
  memo: Map<string, unknown>,
  step: Step,
  ends?: string,
): Promise<Turned & { since: string | null }> => {
  const transaction = await openTransaction(options.pool, tenantId, 'write')
  const { db, later } = transaction
  try {
    await query(db, 'midnight_lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`midnight ${tenantId}`])
    const [state] = await query<{ timeZone: string; secret: string; through: string | null; scoredOn: string | null }>(
      db,
      'midnight_state',
      stateText,
      [tenantId],
    )
    if (!state) {
      await transaction.rollback()
      return { timeZone: 'UTC', day: '9999-12-31', today: '9999-12-31', since: null }
    }
    const { timeZone } = state
    const today = calendarDay(options.clock(), timeZone)
    const through = state.through ?? earlier(state.scoredOn, dayOf(dayNumber(today) - 1))
    if (through >= today || (ends !== undefined && through !== ends)) {
      await transaction.rollback()
      return { timeZone, day: through < today ? through : today, today, since: null }
    }
    // Where time ends no periods the days between are all the same.
    const day = state.scoredOn === null ? today : dayOf(Math.max(dayNumber(through) + 1, dayNumber(today) - mostDays))
    const events: Event[] = []
    const ctx = {
      ...jobContext(options, tenantId, transaction, { name: 'midnight', ...state }, events, memo),
      today: day,
    }
    await step(ctx, through)
    if (ends !== undefined)
      later(
        query(
          db,
          'midnight_through',
          `insert into midnights (tenant_id, through) values ($1, $2)
           on conflict (tenant_id) do update set through = excluded.through`,
          [tenantId, day],
        ),
      )
    if (events.length > 0) await sendJournal(ctx, events, [])
    await transaction.commit()
    return { timeZone, day, today, since: through }
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

const earlier = (one: string | null, other: string): string => (one !== null && one < other ? one : other)

const rescoreDue = async (ctx: Context): Promise<void> => {
  const due = await query<{ id: string; objectiveId: string }>(ctx.db, 'midnight_due', dueText, [
    ctx.actor.tenantId,
    ctx.today,
  ])
  if (due.length === 0) return
  const keyResultIds = due.map(({ id }) => id)
  const locked = await lockGraphs(ctx, { keyResultIds })
  await rescore(ctx, locked, { keyResultIds, byTime: true }, () => ({ type: 'organization', id: ctx.actor.tenantId }))
}
