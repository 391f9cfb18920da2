import { Pool } from 'pg'
import { afterAll, inject } from 'vitest'

/** The test database as its administrator, who sees every tenant's rows; ended with the test file. */
export const adminPool = (): Pool => {
  const url = new URL(inject('adminUrl'))
  url.pathname = new URL(inject('appUrl')).pathname
  const pool = new Pool({ connectionString: url.href, max: 2 })
  afterAll(() => pool.end())
  return pool
}

const tablesOf = async (pool: Pool): Promise<string[]> => {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  return rows.map(({ name }) => name)
}

export type Census = Record<string, string>

/**
 * Counts and digests everything one tenant has stored, table by table: two censuses are equal when nothing was written
 * in between. When a key was last used is left out, since every request may note it.
 */
export const createCensus = async (tenantId: string): Promise<() => Promise<Census>> => {
  const pool = adminPool()
  const tables = await tablesOf(pool)
  const text = tables
    .map(
      (name) =>
        `select '${name}' as name, count(*) || ':' || coalesce(md5(string_agg(md5((to_jsonb(t) - 'last_used_at')::text), '' order by md5((to_jsonb(t) - 'last_used_at')::text))), '') as digest
         from ${name} t where tenant_id = $1`,
    )
    .join(' union all ')
  return async () => {
    const { rows } = await pool.query<{ name: string; digest: string }>({ name: 'census', text, values: [tenantId] })
    return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))
  }
}
