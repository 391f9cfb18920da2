import { createHash } from 'node:crypto'
import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg'
import type { BiTable } from './table.ts'
import { biTables } from './tables.ts'

// Whose rows: the serving role says it by its setting, a login by a table it can neither read nor write. The views do not
// change `current_user`, so the setting of anybody else means nothing.
const tenant = `case when current_user = 'headway_app' then nullif(current_setting('app.tenant', true), '')::uuid
  else (select l.tenant_id from bi_access.logins l where l.login = current_user::text) end`

const schemas = `
  create schema if not exists bi;
  create schema if not exists bi_access;
  create table if not exists bi_access.logins (
    login text primary key, tenant_id uuid not null, created_at timestamptz(3) not null default now());
  grant usage on schema bi_access to headway_bi_views;
  grant select on bi_access.logins to headway_bi_views;
  grant usage, create on schema bi to headway_bi_views;
  grant usage on schema bi to headway_bi, headway_app`

const policyOf = (table: string): string => `
  grant select on ${table} to headway_bi_views;
  drop policy if exists bi on ${table};
  create policy bi on ${table} for select to headway_bi_views using (tenant_id = (${tenant}))`

const viewOf = ({ name, columns, from, where, says }: BiTable): string => {
  const view = `bi.${escapeIdentifier(name)}`
  const selected = Object.entries(columns).map(([column, { sql }]) => `${sql} as ${escapeIdentifier(column)}`)
  const comments = Object.entries(columns).map(
    ([column, told]) => `comment on column ${view}.${escapeIdentifier(column)} is ${escapeLiteral(told.says)}`,
  )
  return [
    `create view ${view} as select ${selected.join(', ')} from ${from}${where ? ` where ${where}` : ''}`,
    `comment on view ${view} is ${escapeLiteral(says)}`,
    ...comments,
    `grant select on ${view} to headway_bi, headway_app`,
  ].join(';\n')
}

const tablesRead = [...new Set(biTables.flatMap(({ reads }) => reads))]

const statements = (): string => {
  const policies = tablesRead.map(policyOf).join(';')
  const drop = `do $drop$ declare v record; begin
    for v in select oid::regclass as name from pg_class where relnamespace = 'bi'::regnamespace and relkind = 'v' loop
      execute format('drop view %s cascade', v.name);
    end loop; end $drop$`
  return [schemas, policies, 'set local role headway_bi_views', drop, ...biTables.map(viewOf), 'reset role'].join(';\n')
}

/**
 * Makes the views of schema `bi` those of the definitions, in one transaction, where they are not yet. They belong to
 * `headway_bi_views`, which cannot log in and whose own policy narrows every table behind them to one tenant. A database
 * whose roles were made by an older version has none, nor one without the tables: answers false.
 */
export const publishViews = async (owner: ClientBase): Promise<boolean> => {
  const { rows } = await owner.query<{ ready: boolean; known: string | null }>(
    `select (select count(*) = 2 from pg_roles where rolname in ('headway_bi', 'headway_bi_views'))
         and (select bool_and(to_regclass('public.' || name) is not null) from unnest($1::text[]) as name) as ready,
       obj_description(to_regnamespace('bi'), 'pg_namespace') as known`,
    [tablesRead],
  )
  if (!rows[0]?.ready) return false
  const text = statements()
  const wanted = `Published tables for analysis, ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
  if (rows[0].known === wanted) return true
  await owner.query(`begin; ${text}; comment on schema bi is ${escapeLiteral(wanted)}; commit`)
  return true
}
