import { afterAll, beforeAll, expect, test } from 'vitest'
import { direct } from '../../src/db/direct.ts'
import { startTemporary } from '../../src/db/embedded/temporary.ts'
import { provision } from '../../src/db/provision.ts'

const ask = (url: string, sql: string) => direct(url, async (client) => (await client.query(sql)).rows)

// A server of its own: roles are shared by all databases of one, and these tests make and spoil them.
let server: Awaited<ReturnType<typeof startTemporary>>
let adminUrl: string

beforeAll(async () => {
  server = await startTemporary()
  await ask(server.adminUrl, 'drop database headway')
  for (const role of ['headway_owner', 'headway_app', 'headway_bi_views', 'headway_bi'])
    await ask(server.adminUrl, `drop role ${role}`)
  await ask(server.adminUrl, `create role admin login createrole createdb password 'admin'`)
  const url = new URL(server.adminUrl)
  url.username = 'admin'
  url.password = 'admin'
  adminUrl = url.href
})

afterAll(() => server.stop())

test('an admin who is no superuser can provision, twice at once and again with new passwords', async () => {
  const wanted = { database: 'some "name"', ownerPassword: `it's`, appPassword: 'p@ss/w:rd?#%' }
  const [{ ownerUrl, appUrl }] = await Promise.all([provision(adminUrl, wanted), provision(adminUrl, wanted)])
  expect(await ask(ownerUrl, 'select current_user as me, current_database() as here')).toEqual([
    { me: 'headway_owner', here: 'some "name"' },
  ])
  await ask(ownerUrl, 'create table things (id int)')
  expect(await ask(appUrl, 'select current_user as me')).toEqual([{ me: 'headway_app' }])
  await expect(ask(appUrl, 'select * from things')).rejects.toThrow('permission denied')

  const changed = await provision(adminUrl, { ...wanted, appPassword: 'new' })
  await expect(ask(appUrl, 'select 1')).rejects.toThrow('password authentication failed')
  expect(await ask(changed.appUrl, 'select 1 as alive')).toEqual([{ alive: 1 }])
})

test('only the two roles may connect', async () => {
  const wanted = { database: 'closed', ownerPassword: 'o', appPassword: 'a' }
  const { appUrl } = await provision(adminUrl, wanted)
  await ask(server.adminUrl, `create role guest login password 'guest'`)
  const url = new URL(appUrl)
  url.username = 'guest'
  url.password = 'guest'
  await expect(ask(url.href, 'select 1')).rejects.toThrow('permission denied for database')
})

test('takes powers from a role that has too many, and refuses a serving role that can become the owner', async () => {
  const wanted = { database: 'limited', ownerPassword: 'o', appPassword: 'a' }
  await ask(server.adminUrl, 'alter role headway_app bypassrls createdb')
  await expect(provision(adminUrl, wanted)).rejects.toThrow('permission denied')
  await provision(server.adminUrl, wanted)
  const [role] = await ask(
    server.adminUrl,
    `select rolbypassrls, rolcreatedb, rolsuper from pg_roles where rolname = 'headway_app'`,
  )
  expect(role).toEqual({ rolbypassrls: false, rolcreatedb: false, rolsuper: false })

  await ask(server.adminUrl, 'grant headway_owner to headway_app')
  await expect(provision(server.adminUrl, wanted)).rejects.toThrow('headway_app is a member of headway_owner')
})
