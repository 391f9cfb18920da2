import type { Context } from '../api/operation.ts'
import { query } from '../db/statement.ts'
import { calendarOf } from '../modules/kpis/kpi.definitions.ts'
import { lockKpis } from '../modules/kpis/kpi.lock.ts'
import { rescoreKpisByTime } from '../modules/kpis/kpi.rescore.ts'
import { type Period, periodOf } from '../scoring/index.ts'

const frequencies: readonly Period[] = ['day', 'week', 'month', 'quarter', 'year']

// Of a period that has begun something may be known already: formulas look back or put a number where there is none, and a
// week that began before a month may belong to it. A period that is over counts in the trend of what is judged by whole
// ones. What was scored on the day or later knows it already.
const dueText = `
  with recursive begun (frequency, start) as (select * from unnest($4::text[], $5::date[])
  ), known (id) as (
    select * from (
      select i.id from kpis i where i.tenant_id = $1 and i.deleted_at is null and i.formula ~ '\\m(prev|coalesce)\\M'
      union all
      select i.id from kpis i where i.tenant_id = $1 and i.deleted_at is null and i.formula is null and exists (
        select from begun join measurements m on m.tenant_id = $1 and m.kpi_id = i.id and m.grain = 'week'
          and m.period_start between begun.start - 3 and begun.start - 1 and m.superseded_at is null and m.deleted_at is null
        where begun.frequency in ('month', 'quarter', 'year'))
    ) first
    union
    select n.kpi_id from known join kpi_inputs n on n.tenant_id = $1 and n.input_id = known.id
  )
  select i.id from known join kpis i on i.tenant_id = $1 and i.id = known.id and i.deleted_at is null
  join begun on begun.frequency = i.frequency and coalesce(i.judged ->> 'scoredOn', '') < begun.start::text
  union
  select i.id from kpis i where i.tenant_id = $1 and i.deleted_at is null and i.aggregation in ('sum', 'average', 'ratio')
    and i.judged -> 'latest' ->> 'end' >= $2 and i.judged -> 'latest' ->> 'end' < $3
    and i.judged ->> 'scoredOn' <= i.judged -> 'latest' ->> 'end'`

/** Judges the KPIs of which a period began or ended since the day `since`, as of today, and what follows from them. */
export const rescoreKpisDue = async (ctx: Context, since: string): Promise<void> => {
  const calendar = await calendarOf(ctx)
  const begun = frequencies
    .map((frequency) => ({ frequency, start: periodOf(ctx.today, frequency, calendar).start }))
    .filter(({ start }) => start > since)
  const { tenantId } = ctx.actor
  const due = await query<{ id: string }>(ctx.db, 'midnight_kpis_due', dueText, [
    tenantId,
    since,
    ctx.today,
    begun.map(({ frequency }) => frequency),
    begun.map(({ start }) => start),
  ])
  if (due.length === 0) return
  const ids = due.map(({ id }) => id)
  await rescoreKpisByTime(ctx, await lockKpis(ctx, ids), ids, { type: 'organization', id: tenantId })
}
