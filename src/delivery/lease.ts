import { query } from '../db/statement.ts'
import type { Database } from '../db/transaction.ts'
import type { Attempt } from '../modules/webhook-deliveries/webhook-delivery.table.ts'
import { failingAtMostDays } from './retry.ts'

/** A delivery this node may try once. `attempt` is the fence: who comes back with an older one is not heard. */
export type Leased = {
  id: string
  endpointId: string
  attempt: number
  /** Tries of the present round, this one included. */
  tried: number
  eventId: string
  body: string
  url: string
  secret: string
  previousSecret: string | null
  previousSecretUntil: string | null
}

/** How a try ended. `wait` in milliseconds until the next; null where there is none. */
export type Ended = {
  id: string
  attempt: number
  outcome: 'delivered' | 'failed' | 'gone' | 'given_back'
  wait: number | null
  record: Attempt | null
}

/** Tries under way at one endpoint, on all nodes together. */
const inFlightAtMost = 2
/** Longer than a try can take (attempt.ts): past it the node is taken for dead. */
const leaseSeconds = 30

// `now()`, because an index takes no condition that changes from row to row; the transaction has just begun.
const claimText = `
  with live as (
    select e.id, e.url, e.secret, e.previous_secret, e.previous_secret_until,
      $3 - (select count(*) from webhook_deliveries d where d.tenant_id = $1 and d.endpoint_id = e.id
              and d.leased_until > now()) as room
    from webhook_endpoints e where e.tenant_id = $1 and e.state = 'enabled' and e.deleted_at is null
  ), due as (
    select d.id, live.url, live.secret, live.previous_secret, live.previous_secret_until
    from live cross join lateral (
      select d.id from webhook_deliveries d
      where d.tenant_id = $1 and d.endpoint_id = live.id and d.status = 'pending' and d.next_attempt_at <= now()
        and (d.leased_until is null or d.leased_until <= now())
      order by d.next_attempt_at, d.event_seq limit greatest(live.room, 0)) d
    limit $2
  )
  update webhook_deliveries d
  set attempt = d.attempt + 1, leased_until = clock_timestamp() + $4 * interval '1 s'
  from due where d.tenant_id = $1 and d.id = due.id
  returning d.id, d.endpoint_id as "endpointId", d.attempt, d.attempt - d.round_from as tried, d.event_id as "eventId",
    d.body, due.url, due.secret, due.previous_secret as "previousSecret",
    due.previous_secret_until as "previousSecretUntil"`

/** Takes what is due, oldest first, so that no endpoint has more than two under way; at most `limit` in all. */
export const claim = (db: Database, tenantId: string, limit: number): Promise<Leased[]> =>
  query<Leased>(db, 'webhook_claim', claimText, [tenantId, limit, inFlightAtMost, leaseSeconds])

const nextText = `
  select extract(epoch from min(next.at) - clock_timestamp())::float8 * 1000 as wait
  from webhook_endpoints e cross join lateral (
    select d.next_attempt_at as at from webhook_deliveries d
    where d.tenant_id = $1 and d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at > now()
    order by d.next_attempt_at limit 1) next
  where e.tenant_id = $1 and e.state = 'enabled' and e.deleted_at is null`

/** Milliseconds until something is due that is not due yet; null for never. */
export const nextDue = async (db: Database, tenantId: string): Promise<number | null> => {
  const [row] = await query<{ wait: number | null }>(db, 'webhook_next', nextText, [tenantId])
  return row?.wait ?? null
}

const endText = `
  with ended as (
    select * from jsonb_to_recordset($2) as r (id uuid, attempt int, outcome text, wait float8, record jsonb)
  ), told as (
    update webhook_deliveries d set
      leased_until = null,
      updated_at = clock_timestamp(),
      attempts = case when r.record is null then d.attempts else d.attempts || r.record end,
      round_from = d.round_from + (r.outcome = 'given_back')::int,
      status = case when r.outcome = 'delivered' then 'delivered' when r.wait is null then 'failed' else 'pending' end,
      next_attempt_at = clock_timestamp() + r.wait * interval '1 ms'
    from ended r
    where d.tenant_id = $1 and d.id = r.id and d.attempt = r.attempt and d.leased_until is not null
    returning d.endpoint_id, r.outcome
  ), health as (
    select endpoint_id as id, bool_or(outcome = 'delivered') as works, bool_or(outcome = 'gone') as gone
    from told where outcome <> 'given_back' group by endpoint_id
  )
  update webhook_endpoints e set
    failing_since = case when h.works then null else coalesce(e.failing_since, clock_timestamp()) end,
    state = case when off.reason is null then e.state else 'disabled' end,
    disabled_reason = coalesce(off.reason, e.disabled_reason),
    version = e.version + (off.reason is not null)::int,
    updated_at = case when off.reason is null then e.updated_at else clock_timestamp() end
  from health h cross join lateral (
    select case when h.gone then 'gone'
      when not h.works and e.failing_since < clock_timestamp() - $3 * interval '1 day' then 'failing' end as reason
    from webhook_endpoints e where e.tenant_id = $1 and e.id = h.id) off
  where e.tenant_id = $1 and e.id = h.id and e.state = 'enabled'
    and (off.reason is not null or h.works = (e.failing_since is not null))
  returning e.id, off.reason`

/**
 * Writes down how tries ended, those whose lease is still theirs, and what that says about the endpoints: a success clears
 * `failingSince`, 410 or five days of failures disable. Answers the endpoints that were disabled.
 */
export const recordEnded = async (
  db: Database,
  tenantId: string,
  ended: readonly Ended[],
): Promise<{ id: string; reason: string }[]> => {
  const rows = await query<{ id: string; reason: string | null }>(db, 'webhook_ended', endText, [
    tenantId,
    JSON.stringify(ended),
    failingAtMostDays,
  ])
  return rows.flatMap(({ id, reason }) => (reason === null ? [] : [{ id, reason }]))
}
