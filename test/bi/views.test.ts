import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createLogin, dropLogin, listLogins } from '../../src/bi/login.ts'
import { biTables } from '../../src/bi/tables.ts'
import { direct } from '../../src/db/direct.ts'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const mine = await createWorld()
const theirs = await createWorld()

const served = (login?: { login: string; password: string }): string => {
  const url = new URL(inject('adminUrl'))
  url.pathname = new URL(inject('appUrl')).pathname
  if (login) Object.assign(url, { username: login.login, password: login.password })
  return url.href
}
const asAdmin = <T>(work: (admin: never) => Promise<T>): Promise<T> => direct(served(), work as never)

let login: { login: string; password: string }
const read = (...sql: string[]) =>
  direct(served(login), async (client) => {
    let rows: Record<string, unknown>[] = []
    for (const one of sql) rows = (await client.query(one)).rows
    return rows
  })

beforeAll(async () => {
  login = await asAdmin((admin) => createLogin(admin, mine.organizationId))
  for (const world of [mine, theirs]) {
    const goals = goalsOf(world.call)
    const cycle = await goals.cycle()
    const objective = await goals.objective(cycle.id, world === mine ? 'Ours' : 'Theirs')
    await goals.objective(cycle.id, 'Secret', { visibility: 'private' })
    const keyResult = await goals.keyResult(objective.id, { target: 10 })
    await goals.checkIn(keyResult.id, { value: 4 })
    const code = world === mine ? 'OURS' : 'THEIRS'
    await world.call('POST', '/v1/kpis', { code, name: code, aggregation: 'sum' })
    const items = Array.from({ length: 12 }, (_, at) => ({
      kpiCode: code,
      period: `2025-${String(at + 1).padStart(2, '0')}`,
      value: at,
    }))
    await goals.act('measurements/batch', { items })
  }
})
afterAll(() => asAdmin((admin) => dropLogin(admin, mine.organizationId, login.login)))

test('every view can be read, its columns are those of the definition, each with a comment', async () => {
  for (const { name, columns } of biTables) {
    await read(`select * from ${name} limit 1`)
    const told = await read(
      `select attname as name, col_description(attrelid, attnum) as says from pg_attribute
       where attrelid = 'bi.${name}'::regclass and attnum > 0 order by attnum`,
    )
    expect(told).toEqual(Object.entries(columns).map(([column, { says }]) => ({ name: column, says })))
  }
})

test('a login reads its organization, nothing private, and the numbers of the API', async () => {
  expect(await read('select title, progress, health from objectives')).toEqual([
    { title: 'Ours', progress: 0.4, health: expect.any(String) },
  ])
  expect(await read('select value, is_live from check_ins')).toEqual([{ value: 4, is_live: true }])
})

test('a login lists the views as drivers do, and reads a year of KPI history', async () => {
  const listed = await read(
    `select table_name as name from information_schema.tables where table_schema = 'bi' order by 1`,
  )
  expect(listed.map(({ name }) => name)).toEqual(biTables.map(({ name }) => name).toSorted())
  const year = await read(
    `select period, value from measurements where kpi_code = 'OURS' and period_start >= '2025-01-01' order by 1`,
  )
  expect(year).toEqual(year.map((_, at) => ({ period: `2025-${String(at + 1).padStart(2, '0')}`, value: at })))
  expect(year).toHaveLength(12)
})

test('a login cannot leave its organization, read a table or write', async () => {
  const escape = `set app.tenant = '${theirs.organizationId}'`
  expect(await read(escape, 'select distinct title from objectives')).toEqual([{ title: 'Ours' }])
  expect(await read(escape, 'select distinct kpi_code as code from measurements')).toEqual([{ code: 'OURS' }])
  await expect(read('set role headway_app')).rejects.toThrow('permission denied')
  await expect(read('set role headway_bi_views')).rejects.toThrow('permission denied')
  await expect(read('select * from public.objectives')).rejects.toThrow('permission denied')
  await expect(read('select * from bi_access.logins')).rejects.toThrow('permission denied')
  const writable = 'set default_transaction_read_only = off'
  await expect(read(writable, 'delete from people')).rejects.toThrow('permission denied')
  await expect(read('delete from people')).rejects.toThrow('permission denied')
  await expect(read('create table bi.mine (id int)')).rejects.toThrow()
})

test('the serving role sees the tenant it has set, and none without it', async () => {
  const seen = (tenantId: string | null) =>
    direct(inject('appUrl'), async (client) => {
      await client.query('begin')
      if (tenantId) await client.query(`set local app.tenant = '${tenantId}'`)
      return (await client.query('select title from bi.objectives')).rows
    })
  expect(await seen(theirs.organizationId)).toEqual([{ title: 'Theirs' }])
  expect(await seen(null)).toEqual([])
})

test('a login is listed, and gone when it is dropped', async () => {
  const other = await asAdmin((admin) => createLogin(admin, mine.organizationId))
  const names = async () => (await asAdmin((admin) => listLogins(admin, mine.organizationId))).map((one) => one.login)
  expect(await names()).toEqual([login.login, other.login])
  expect(await asAdmin((admin) => dropLogin(admin, theirs.organizationId, other.login))).toBe(false)
  expect(await asAdmin((admin) => dropLogin(admin, mine.organizationId, other.login))).toBe(true)
  expect(await names()).toEqual([login.login])
  await expect(direct(served(other), async () => {})).rejects.toThrow('password authentication failed')
})
