import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { direct } from '../../src/db/direct.ts'
import { migrate } from '../../src/db/migrate.ts'
import { lintTenancy } from '../support/tenancy-lint.ts'

const at = (url: string, database: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

const scratch = `headway_lint_${randomBytes(6).toString('hex')}`
const client = new Client({ connectionString: at(inject('adminUrl'), scratch) })

beforeAll(async () => {
  await direct(inject('adminUrl'), (admin) => admin.query(`create database ${scratch} owner headway_owner`))
  await migrate(at(inject('ownerUrl'), scratch))
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await direct(inject('adminUrl'), (admin) => admin.query(`drop database ${scratch} with (force)`))
})

test('the database that is served keeps its tenants apart', async () => {
  const served = at(inject('adminUrl'), new URL(inject('appUrl')).pathname.slice(1))
  expect(await direct(served, lintTenancy)).toEqual([])
})

/** Every rule, and a change of the schema it must notice. */
const breaks: [rule: string, change: string][] = [
  ['table without tenant_id', 'create table stray (id int)'],
  ['tenant_id may be null', 'create table loose (tenant_id uuid)'],
  ['row-level security is off', 'alter table teams disable row level security'],
  ['row-level security is not forced', 'alter table teams no force row level security'],
  ['no policy', 'drop policy tenant on teams'],
  ['policy reads otherwise', 'alter policy tenant on teams using (true)'],
  ['policy writes otherwise', 'alter policy tenant on teams with check (true)'],
  ['policy is not for all of headway_app alone', 'alter policy tenant on teams to public'],
  [
    'policy is not for all of headway_app alone',
    `create policy other on teams for select to headway_app using (tenant_id = (nullif(current_setting('app.tenant', true), ''))::uuid)`,
  ],
  [
    'foreign key without tenant_id',
    'create unique index on users (id, tenant_id); alter table teams add unique (id); alter table users add foreign key (department_id) references teams (id)',
  ],
  ['unique index without tenant_id', 'create unique index on teams (external_id)'],
  ['invalid index', `update pg_index set indisvalid = false where indexrelid = 'teams_lead_id'::regclass`],
  ['view without security_invoker', 'create view all_teams as select * from teams'],
  [
    'policy of the published views for more than their owner, or for writing',
    'alter policy bi on objectives to headway_bi_views, headway_app',
  ],
  [
    'policy of the published views for more than their owner, or for writing',
    'alter policy bi on objectives using (true)',
  ],
  ['readers of the published views reach a table', 'grant select on teams to headway_bi'],
  ['the owner of the published views can log in or owns a table', 'alter role headway_bi_views login'],
  ['materialized view', 'create materialized view kept_teams as select 1 as one'],
  [
    'security definer function the app may call',
    `create function peek() returns bigint language sql security definer as 'select count(*) from teams'`,
  ],
  [
    'immutable function that reads app.tenant',
    `create function tenant() returns text language sql immutable as 'select current_setting(''app.tenant'')'`,
  ],
  ['the app is too mighty', 'alter role headway_app bypassrls'],
  ['the app is too mighty', 'alter role headway_app superuser'],
  ['the app owns a table', 'alter table teams owner to headway_app'],
  ['the owner bypasses row-level security', 'alter role headway_owner bypassrls'],
  ['the app may truncate, reference or trigger', 'grant truncate on teams to headway_app'],
  ['somebody else may read or write', 'grant select on teams to public'],
]

test.each(breaks)('%s is noticed after: %s', async (rule, change) => {
  await client.query('begin')
  try {
    await client.query(change)
    expect((await lintTenancy(client)).map((defect) => defect.rule)).toContain(rule)
  } finally {
    await client.query('rollback')
  }
  expect(await lintTenancy(client)).toEqual([])
})
