import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { direct } from '../../src/db/direct.ts'
import { jobsFault } from '../../src/db/job-schema.ts'
import { migrate, pendingMigrations } from '../../src/db/migrate.ts'
import { provision } from '../../src/db/provision.ts'

const tenant = '00000000-0000-7000-8000-000000000001'
const other = '00000000-0000-7000-8000-000000000002'

const first = `
  create table tenants (id uuid primary key);
  --> statement-breakpoint
  create table things (tenant_id uuid not null references tenants, name text not null, primary key (tenant_id, name));
  --> statement-breakpoint
  create table points (tenant_id uuid not null, at int not null) partition by range (at);
  create table points_1 partition of points for values from (0) to (100);`
const second = `select pg_sleep(0.3); insert into tenants values ('${tenant}'), ('${other}')`

let folder: string
let database: string
let ownerUrl: string
let appUrl: string

const writeMigrations = async (...statements: string[]) => {
  const entries = statements.map((_, index) => ({
    idx: index,
    version: '7',
    when: 1_700_000_000_000 + index,
    tag: `000${index}_step`,
    breakpoints: true,
  }))
  await mkdir(path.join(folder, 'meta'), { recursive: true })
  await writeFile(path.join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', entries }))
  for (const [index, sql] of statements.entries()) await writeFile(path.join(folder, `000${index}_step.sql`), sql)
}

const run = (url: string, ...statements: string[]) =>
  direct(url, async (client) => {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  })

const passwordOf = (url: string) => decodeURIComponent(new URL(url).password)

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'headway-migrations-'))
  database = `headway_scratch_${randomBytes(6).toString('hex')}`
  const passwords = { ownerPassword: passwordOf(inject('ownerUrl')), appPassword: passwordOf(inject('appUrl')) }
  ;({ ownerUrl, appUrl } = await provision(inject('adminUrl'), { database, ...passwords }))
})

afterEach(async () => {
  await run(inject('adminUrl'), `drop database ${database} with (force)`)
  await rm(folder, { recursive: true, force: true })
})

describe('migrate', () => {
  test('two at once: one applies, the other waits and finds nothing left', async () => {
    await writeMigrations(first, second)
    const results = await Promise.all([migrate(ownerUrl, { folder }), migrate(ownerUrl, { folder })])
    expect(results.map((result) => result.applied).toSorted((a, b) => a - b)).toEqual([0, 2])
    expect(await run(ownerUrl, 'select count(*)::int as n from tenants')).toEqual([{ n: 2 }])
  })

  test('the serving role can tell how many migrations are missing, before and after', async () => {
    await writeMigrations(first)
    expect(await pendingMigrations(appUrl, folder)).toBe(1)
    await migrate(ownerUrl, { folder })
    expect(await pendingMigrations(appUrl, folder)).toBe(0)
    await writeMigrations(first, second)
    expect(await pendingMigrations(appUrl, folder)).toBe(1)
  })

  test('refuses a migration that is dated before the newest one applied', async () => {
    await writeMigrations(first, second)
    await migrate(ownerUrl, { folder })
    const old = { idx: 2, version: '7', when: 1_600_000_000_000, tag: '0001_step', breakpoints: true }
    await writeFile(path.join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', entries: [old] }))
    await expect(migrate(ownerUrl, { folder })).rejects.toThrow('generate it again')
  })

  test('applies all or nothing', async () => {
    await writeMigrations(first, 'select 1 / 0')
    await expect(migrate(ownerUrl, { folder })).rejects.toThrow()
    expect(await run(ownerUrl, `select to_regclass('things') as found`)).toEqual([{ found: null }])
  })

  test('names an index whose concurrent build was interrupted', async () => {
    await writeMigrations(first)
    await migrate(ownerUrl, { folder })
    await run(
      ownerUrl,
      `alter table points_1 no force row level security`,
      `insert into points_1 values ('${tenant}', 1), ('${tenant}', 1)`,
    )
    await expect(run(ownerUrl, 'create unique index concurrently twice on points_1 (at)')).rejects.toThrow('twice')
    await expect(migrate(ownerUrl, { folder })).rejects.toThrow('Invalid indexes: twice')
  })
})

describe('tenancy', () => {
  const insert = `insert into things values ('${tenant}', 'a')`
  const as = (id: string) => `set app.tenant = '${id}'`

  beforeEach(async () => {
    await writeMigrations(first, second)
    await migrate(ownerUrl, { folder })
  })

  test('the serving role sees one tenant, and nothing without the setting', async () => {
    await run(appUrl, as(tenant), insert)
    expect(await run(appUrl, as(tenant), 'select name from things')).toEqual([{ name: 'a' }])
    expect(await run(appUrl, as(other), 'select name from things')).toEqual([])
    expect(await run(appUrl, 'select name from things')).toEqual([])
    expect(await run(appUrl, `set app.tenant = ''`, 'select name from things')).toEqual([])
    expect(await run(appUrl, 'select id from tenants order by id')).toEqual([{ id: tenant }, { id: other }])
  })

  test('the serving role writes into one tenant only', async () => {
    await expect(run(appUrl, insert)).rejects.toThrow('row-level security')
    await expect(run(appUrl, as(other), insert)).rejects.toThrow('row-level security')
    await run(appUrl, as(tenant), insert)
    await expect(run(appUrl, as(tenant), `update things set tenant_id = '${other}'`)).rejects.toThrow(
      'row-level security',
    )
    await run(appUrl, as(other), 'delete from things')
    expect(await run(appUrl, as(tenant), 'select name from things')).toHaveLength(1)
  })

  test('partitions are under it as well, and reached through their parent only', async () => {
    await run(appUrl, as(tenant), `insert into points values ('${tenant}', 1)`)
    expect(await run(appUrl, as(tenant), 'select at from points')).toEqual([{ at: 1 }])
    expect(await run(appUrl, as(other), 'select at from points')).toEqual([])
    await expect(run(appUrl, as(tenant), 'select at from points_1')).rejects.toThrow('permission denied')
  })

  test('the owner sees no rows', async () => {
    await run(appUrl, as(tenant), insert)
    expect(await run(ownerUrl, as(tenant), 'select name from things')).toEqual([])
  })

  test('the serving role creates, empties and changes nothing', async () => {
    for (const statement of [
      'create table own (id int)',
      'create temp table own (id int)',
      'create schema own',
      'truncate things',
      'alter table things disable row level security',
      'delete from tenants',
      'delete from drizzle.__drizzle_migrations',
      'set role headway_owner',
    ]) {
      await expect(run(appUrl, statement), statement).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('is put right where it was changed, and touches nothing that is right', async () => {
    const versions = `select array_agg(xmin::text order by oid) as rows from pg_policy`
    const before = await run(ownerUrl, versions)
    await migrate(ownerUrl, { folder })
    expect(await run(ownerUrl, versions)).toEqual(before)

    await run(ownerUrl, 'alter policy tenant on things using (true)', 'alter table things no force row level security')
    await migrate(ownerUrl, { folder })
    await run(appUrl, as(tenant), insert)
    expect(await run(appUrl, as(other), 'select name from things')).toEqual([])
    expect(await run(ownerUrl, 'select name from things')).toEqual([])
  })

  test('locks no table that is right already, and of the others one at a time', async () => {
    await run(ownerUrl, 'alter policy tenant on things using (true)', 'alter policy tenant on points using (true)')
    const lockOf = (table: string) =>
      `select count(*)::int as n from pg_locks where relation = '${table}'::regclass and not granted`
    await direct(appUrl, async (reader) => {
      await reader.query('begin')
      await reader.query('select from points')
      const migrating = migrate(ownerUrl, { folder })
      await expect.poll(() => run(ownerUrl, lockOf('points'))).toEqual([{ n: 1 }])
      // Another table that was wrong has been put right, and can be read while this one is waited for.
      await run(appUrl, as(tenant), insert)
      expect(await run(appUrl, as(other), 'select name from things')).toEqual([])
      await reader.query('rollback')
      await migrating
    })
  })
})

test('a database that is up to date is neither changed nor locked, in any of its tables', async () => {
  await migrate(ownerUrl)
  const state = `
    select (select array_agg(oid || ' ' || xmin order by oid) from pg_policy) as policies,
      (select array_agg(xmin::text order by oid) from pg_class
        where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'bi'::regnamespace)
          and relname <> all('{tenants,unsequenced,webhook_tenants,measurement_staging}')) as tables`
  const before = await run(ownerUrl, state)
  const names = await run(ownerUrl, `select tablename as name from pg_tables where schemaname = 'public'`)
  await direct(inject('adminUrl').replace(/[^/]*$/, database), async (reader) => {
    await reader.query('begin')
    await reader.query(`lock table ${names.map(({ name }) => `public.${name as string}`).join()} in access share mode`)
    await migrate(ownerUrl)
  })
  expect(await run(ownerUrl, state)).toEqual(before)
})

test('the job queue comes with the migrations, and is told of where it is missing', async () => {
  await writeMigrations(first)
  expect(await direct(ownerUrl, jobsFault)).toMatch(/not installed/)
  await migrate(ownerUrl, { folder })
  expect(await direct(appUrl, jobsFault)).toBeNull()
  await run(ownerUrl, 'update pgboss.version set version = version - 1')
  expect(await direct(appUrl, jobsFault)).toMatch(/requires migrations/)
})
