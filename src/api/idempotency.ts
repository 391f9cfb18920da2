import { query } from '../db/statement.ts'
import type { Context } from './operation.ts'
import { Problem } from './problem.ts'

/** An answer as it was given, for a retry with the same key. */
export type Kept = { status: number; answer: string }

/**
 * Claims the caller's key in the transaction of the effect: the first one goes on (undefined), a duplicate waits for the
 * first to end (lock_timeout, 2 s) and gets its answer. Rolled back with the effect, so only committed answers are kept.
 */
export const claimKey = async (ctx: Context, key: string, digest: string): Promise<Kept | undefined> => {
  const { actor, db, now } = ctx
  const claimed = await query(
    db,
    'idempotency_claim',
    `insert into idempotency_keys (tenant_id, actor_id, key, request_digest, created_at) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, actor_id, key) do update
       set request_digest = excluded.request_digest, created_at = excluded.created_at, status = null, answer = null
       where idempotency_keys.created_at < excluded.created_at - interval '24 hours'
     returning true as mine`,
    [actor.tenantId, actor.id, key, digest, now],
  ).catch((error: unknown) => {
    if ((error as { code?: string }).code === '55P03')
      throw new Problem('idempotency_in_progress', undefined, { retryAfter: 1 })
    throw error
  })
  if (claimed.length > 0) return undefined

  const [kept] = await query<Kept & { request_digest: string }>(
    db,
    'idempotency_answer',
    'select status, answer, request_digest from idempotency_keys where tenant_id = $1 and actor_id = $2 and key = $3',
    [actor.tenantId, actor.id, key],
  )
  if (!kept) throw new Problem('idempotency_in_progress', undefined, { retryAfter: 1 })
  if (kept.request_digest !== digest) throw new Problem('idempotency_key_reused')
  return { status: kept.status, answer: kept.answer }
}

/** Stores the answer beside the claim; sent with the commit. */
export const keepAnswer = ({ actor, db }: Context, key: string, kept: Kept): Promise<unknown> =>
  query(
    db,
    'idempotency_keep',
    'update idempotency_keys set status = $4, answer = $5 where tenant_id = $1 and actor_id = $2 and key = $3',
    [actor.tenantId, actor.id, key, kept.status, kept.answer],
  )
