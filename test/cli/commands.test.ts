import { beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { direct } from '../../src/db/direct.ts'
import { connectPool } from '../../src/db/pool.ts'
import { emptyDatabase, headway, headwayProcess, type Ran } from './run.ts'

const { ownerUrl, appUrl } = await emptyDatabase()
const serving = { DATABASE_URL: appUrl }
const owning = { DATABASE_OWNER_URL: ownerUrl }
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)

let unmigrated: Ran[]
let organizationId: string
let apiKey: string

beforeAll(async () => {
  unmigrated = [
    await headway(serving, 'org', 'create', '--name', 'Acme', '--json'),
    await headwayProcess({ ...serving, PORT: '0' }, 'serve'),
    await headway(serving, 'doctor', '--json'),
  ]
  const migrated = await headway(owning, 'migrate', '--json')
  expect(migrated.json().applied, migrated.err).toBeGreaterThan(0)
  const created = await headway(serving, 'org', 'create', '--name', 'Acme', '--time-zone', 'Europe/Berlin', '--json')
  expect(created.json(), created.err).toEqual({ organizationId: uuid, apiKey: expect.stringMatching(/^hw_/) })
  ;({ organizationId, apiKey } = created.json())
})

/** Answers of one running server to a key. */
const servedTo = async <T>(work: (status: (key: string) => Promise<number>) => Promise<T>, clock?: () => Date) => {
  const pool = connectPool({ url: appUrl })
  const app = await buildApp({ pool, ...(clock ? { clock } : {}) })
  try {
    return await work(async (key) => {
      const answer = await app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${key}` } })
      return answer.statusCode
    })
  } finally {
    await app.close()
    await pool.end()
  }
}

test('a database without its migrations is refused with a word on what to do', () => {
  const [created, served, examined] = unmigrated
  for (const { code, out, err } of [created, served] as Ran[]) {
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(/^headway: The database lacks \d+ migrations?: run "headway migrate" .*\n$/)
  }
  expect(examined?.code).toBe(1)
  const migrations = examined?.json().findings.find(({ check }: { check: string }) => check === 'migrations')
  expect(migrations).toMatchObject({ ok: false, advice: 'Run headway migrate.' })
})

test('the first key of an organization is an administrator', async () => {
  expect(await servedTo((status) => status(apiKey))).toBe(200)
})

test('a key is created, listed and revoked, and refused by a running server within 10 seconds', async () => {
  const org = ['--org', organizationId, '--json']
  const more = ['--scopes', 'okr:read,kpi:read', '--role', 'viewer', '--name', 'Wall', '--expires', '2999-01-01']
  const created = await headway(serving, 'key', 'create', ...more, ...org)
  expect(created.json(), created.err).toEqual({ id: uuid, apiKey: expect.stringMatching(/^hw_/) })
  const { id, apiKey: key } = created.json()

  const listed = await headway(serving, 'key', 'list', ...org)
  expect(listed.json().items).toMatchObject([
    { name: 'First administrator', role: 'admin', scopes: ['admin'], expiresAt: null },
    { id, name: 'Wall', role: 'viewer', scopes: ['okr:read', 'kpi:read'], expiresAt: '2999-01-01T00:00:00.000Z' },
  ])

  let now = new Date()
  const statuses = await servedTo(
    async (status) => {
      const before = await status(key)
      const revoked = await headway(serving, 'key', 'revoke', id, ...org)
      expect(revoked.json()).toEqual({ id, revokedAt: expect.any(String) })
      now = new Date(now.getTime() + 10_000)
      return [before, await status(key), await status(apiKey)]
    },
    () => now,
  )
  expect(statuses).toEqual([200, 401, 200])
  const again = await headway(serving, 'key', 'revoke', id, ...org)
  expect(again).toMatchObject({
    code: 1,
    err: `headway: The organization has no key ${id}, or it is revoked already.\n`,
  })
})

test('doctor finds nothing where all is well, and what is wrong where it is not', async () => {
  const asServer = await headway(serving, 'doctor', '--json')
  const asOwner = await headway({ DATABASE_URL: ownerUrl }, 'doctor', '--json')
  const nowhere = await headway({ DATABASE_URL: appUrl.replace(/:\d+\//, ':1/') }, 'doctor', '--json')
  const wrongOf = ({ json }: Ran) =>
    json()
      .findings.filter(({ ok }: { ok: boolean }) => !ok)
      .map(({ check }: { check: string }) => check)
  // The temporary server of the tests forgoes fsync, and is told so.
  expect(wrongOf(asServer).filter((check: string) => check !== 'settings')).toEqual([])
  expect(wrongOf(asOwner)).toContain('serving role')
  expect(wrongOf(nowhere)).toEqual(['database'])
  expect(nowhere.code).toBe(1)
})

test('doctor sees a table that lost its protection, and migrate brings it back', async () => {
  await direct(ownerUrl, async (owner) => {
    await owner.query('alter table teams no force row level security')
    const { out } = await headway(serving, 'doctor')
    expect(out).toContain('FAIL  row-level security: not forced on teams')
    expect((await headway(owning, 'migrate')).code).toBe(0)
    expect((await headway(serving, 'doctor')).out).toContain('ok    row-level security: forced on every tenant table')
  })
})

test.each([
  [['org', 'create', '--name', 'X', '--time-zone', 'Mars/Olympus'], 'timeZone: not an IANA time zone'],
  [
    ['key', 'create', '--org', '01a20000-0000-7000-8000-000000000000', '--scopes', 'okr:read'],
    'There is no organization',
  ],
  [['key', 'create', '--org', '01a20000-0000-7000-8000-000000000000', '--scopes', 'okr:eat'], 'scopes'],
])('a mistake is one plain line and the exit code 1: %j', async (args, says) => {
  const { code, out, err } = await headway(serving, ...args)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err.trimEnd().split('\n')).toEqual([expect.stringContaining(says)])
})

test('an option left out is told in one line too', async () => {
  const ran = await headwayProcess(serving, 'key', 'list')
  expect(ran).toMatchObject({ code: 1, out: '', err: "error: required option '--org <id>' not specified\n" })
})
