import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { headway } from './run.ts'

const world = await createWorld()
const { call, organizationId } = world
const census = await createCensus(organizationId)
const folder = await mkdtemp(path.join(tmpdir(), 'headway-import-'))
afterAll(() => rm(folder, { recursive: true }))

const importing = async (csv: string, ...more: string[]) => {
  const file = path.join(folder, 'people.csv')
  await writeFile(file, csv)
  return headway({ DATABASE_URL: inject('appUrl') }, 'import', 'users', file, '--org', organizationId, ...more)
}
const users = async () => {
  const { items } = (await call('GET', '/v1/users?limit=100')).body
  return new Map((items as Record<string, unknown>[]).map((user) => [user['externalId'], user]))
}

const people = `\uFEFFExternal ID;E-mail;displayName;Supervisor;managerEmail;department_external_id;Active;Salary
3;c@x.example;Cy;2;;sales;yes;1
2;b@x.example;"Bo; the second";;A@x.example;sales;;2

1;a@x.example;Al;;;;true;3
`
const map = ['--map', 'E-mail=email', '--map', 'Supervisor=managerExternalId', '--map', 'Salary=']

test('people arrive with their managers, and a dry run tells what will happen', async () => {
  await call('POST', '/v1/departments', { externalId: 'sales', name: 'Sales' })
  const before = await census()
  const dry = await importing(people, ...map, '--dry-run', '--json')
  expect(dry.json(), dry.err).toMatchObject({ created: 3, updated: 0, unchanged: 0 })
  expect(await census()).toEqual(before)
  const real = await importing(people, ...map, '--json')
  expect(real.json()).toEqual(dry.json())
  const known = await users()
  const [one, two, three] = ['1', '2', '3'].map((id) => known.get(id))
  expect(two).toMatchObject({
    userName: 'b@x.example',
    displayName: 'Bo; the second',
    managerId: one?.['id'],
    active: true,
  })
  expect(three).toMatchObject({ managerId: two?.['id'], departmentId: two?.['departmentId'], roles: ['member'] })
  expect((await importing(people, ...map)).out).toBe('0 created, 0 updated, 3 unchanged\n')
})

test('a second file changes what it says and nothing else, and names managers of the directory by their address', async () => {
  const file =
    'externalId,email,displayName,managerEmail,active\n3,c@x.example,Cy,a@x.example,no\n4,d@x.example,Di,c@x.example,\n'
  const { out, err } = await importing(file, '--dry-run')
  expect(out, err).toBe(
    'line 2  3  updated: managerId, active\nline 3  4  created\nWould be: 1 created, 1 updated, 0 unchanged\n',
  )
  expect((await importing(file)).out).toBe('1 created, 1 updated, 0 unchanged\n')
  const known = await users()
  expect(known.get('3')).toMatchObject({
    active: false,
    managerId: known.get('1')?.['id'],
    departmentId: expect.any(String),
  })
  expect(known.get('4')).toMatchObject({ managerId: known.get('3')?.['id'], active: true })
  const keys = (await call('GET', '/v1/api-keys?includeDeleted=true')).body.items as {
    name: string
    deletedAt: unknown
  }[]
  const made = keys.filter(({ name }) => name === 'headway import users')
  expect([made.length, made.every(({ deletedAt }) => deletedAt !== null)]).toEqual([3, true])
})

test.each([
  ['', 'is empty'],
  ['name\nx\n', 'The column "name" is not known'],
  ['email\nx@x.example\n', 'A column externalId is needed'],
  ['externalId,External Id\n1,1\n', 'Two columns are externalId'],
  ['externalId,active\n9,perhaps\n', 'line 2, active: "perhaps" is neither yes nor no'],
  ['externalId,email\n,x@x.example\n', 'line 2: externalId is empty'],
  [
    'externalId,email,managerEmail\n9,x@x.example,no@x.example\n',
    'line 2: there is nobody of the address no@x.example',
  ],
  ['externalId,email\n8,y@x.example\n9,nobody\n', 'line 3: email: '],
  [
    'externalId,email,managerExternalId\n8,y@x.example,\n9,z@x.example,7\n',
    'line 3: managerExternalId: there is no User',
  ],
  ['externalId,email,managerExternalId\n8,y@x.example,9\n9,z@x.example,8\n', 'would be above itself'],
  ['externalId,email,roles\n9,z@x.example,admin\n', 'Only administrators give or take the role admin'],
  ['externalId,email\n9,"z@x.example\n', 'Quote Not Closed'],
  ['externalId,email\n9\n', 'Invalid Record Length'],
])('a mistake in the file is told, and nothing is imported: %j', async (csv, says) => {
  const { users: before } = await census()
  const { code, out, err } = await importing(csv)
  expect([code, out], err).toEqual([1, ''])
  expect(err).toContain(says)
  expect((await census())['users']).toBe(before)
})
