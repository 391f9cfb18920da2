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

type Table = { name: string; noted: boolean }

/** Every table with a tenant, and whether requests note their own passing in it. */
const tablesOf = async (pool: Pool): Promise<Table[]> => {
  const { rows } = await pool.query<Table>(
    `select c.relname as name, exists (
       select from pg_attribute n where n.attrelid = c.oid and n.attname = 'last_used_at' and not n.attisdropped
     ) as noted
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> 'journal_heads' order by 1`,
  )
  return rows
}

/**
 * `xmin` is the transaction that wrote this version of a row, so whatever is inserted, changed, written again as it was
 * or deleted moves the sum; reading it costs a twentieth of digesting the values.
 */
const written = 'sum(xmin::text::bigint)::text'
/** What a sequencer, of whichever world, writes into a row that is already there is nobody's doing. */
const kept = `md5(string_agg(t.id::text, '' order by id))`
const sequencedTables = ['events', 'audit_log']
const withoutUse = `md5(string_agg((to_jsonb(t) - 'last_used_at')::text, '' order by id))`

const digestOf = (name: string, noted: boolean): string => {
  if (sequencedTables.includes(name)) return kept
  return noted ? withoutUse : written
}

export type Census = Record<string, string>

/**
 * Counts everything one tenant has stored, table by table, and says who wrote it: two censuses are equal when nothing
 * was written in between. When a key was last used is left out, since every request may note it. Given the commits of the
 * world, where all its writes come from, the last one taken holds for as long as their number does.
 */
export const createCensus = async (tenantId: string, commits?: () => number): Promise<() => Promise<Census>> => {
  const pool = adminPool()
  const text = (await tablesOf(pool))
    .map(
      ({ name, noted }) =>
        `select '${name}' as name, count(*) || ':' || coalesce(${digestOf(name, noted)}, '') as digest
         from ${name} t where tenant_id = $1`,
    )
    .join(' union all ')
  let last: { census: Census; commits: number | undefined } | undefined
  return async () => {
    const now = commits?.()
    if (last && now !== undefined && now === last.commits) return last.census
    const { rows } = await pool.query<{ name: string; digest: string }>({ name: 'census', text, values: [tenantId] })
    const census = Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))
    last = { census, commits: now }
    return census
  }
}
