import type { ClientBase } from 'pg'

/** Organizations assumed in a table nobody has measured yet: few, so that one of them is many rows. */
const tenantsExpected = 5

const statement = `
select pg_restore_attribute_stats('schemaname', 'public', 'relname', c.relname::text, 'attname', 'tenant_id'::text,
  'inherited', false, 'null_frac', 0::real, 'avg_width', 16, 'n_distinct', ${tenantsExpected}::real)
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.reltuples = -1
  and not exists (select from pg_stats s where s.schemaname = 'public' and s.tablename = c.relname)`

/**
 * Tells the planner of tables never analyzed that one organization owns many of their rows. Knowing nothing, it takes
 * every index that begins with the tenant for equally good, and a plan made then and kept (decision 15) reads all rows of
 * the organization where it needs one, until autovacuum comes by. Postgres 18 and later; older ones cannot be told.
 */
export const expectTenants = async (owner: ClientBase): Promise<void> => {
  const { rows } = await owner.query<{ known: boolean }>(
    `select current_setting('server_version_num')::int >= 180000 as known`,
  )
  if (rows[0]?.known) await owner.query(statement)
}
