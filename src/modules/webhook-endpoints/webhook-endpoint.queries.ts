import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'

export const countEndpoints = async ({ db, actor }: Context): Promise<number> => {
  const [row] = await query<{ count: number }>(
    db,
    'webhook_endpoints_count',
    'select count(*)::int as count from webhook_endpoints where tenant_id = $1 and deleted_at is null',
    [actor.tenantId],
  )
  return row?.count ?? 0
}

/** The organization's first endpoint: from here on its events become deliveries, and the sweep visits it. */
export const openForDeliveries = async ({ db, actor, later }: Context): Promise<void> => {
  later(
    query(db, 'webhook_tenant_open', 'insert into webhook_tenants (id) values ($1) on conflict do nothing', [
      actor.tenantId,
    ]),
  )
  await query(
    db,
    'webhook_cursor_open',
    `insert into webhook_cursors (tenant_id, seq)
     select $1, coalesce((select event_seq from journal_heads where tenant_id = $1), 0) on conflict do nothing`,
    [actor.tenantId],
  )
}
