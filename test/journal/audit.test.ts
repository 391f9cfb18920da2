import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'
import { connectPool } from '../../src/db/pool.ts'
import { openTransaction } from '../../src/db/transaction.ts'
import { pruneAudit } from '../../src/journal/prune.ts'
import { sequence } from '../../src/journal/sequence.ts'
import { type Anchor, verifyAudit } from '../../src/journal/verify.ts'
import { headway } from '../cli/run.ts'
import { createWorld } from '../support/app.ts'

const world = await createWorld({ at: '2025-01-01T10:00:00.000Z' })
const { call, pool, organizationId } = world
const serving = { DATABASE_URL: inject('appUrl') }

/** As somebody who may do everything, triggers or not. */
const mightyUrl = new URL(inject('adminUrl'))
mightyUrl.pathname = new URL(inject('appUrl')).pathname
const mighty = connectPool({ url: mightyUrl.href, max: 1 })
const folder = await mkdtemp(path.join(tmpdir(), 'headway-audit-'))
afterAll(async () => {
  await mighty.end()
  await rm(folder, { recursive: true })
})

const { body: ann } = await call('POST', '/v1/users', { userName: 'ann', displayName: 'Ann', email: 'ann@example.com' })
for (let at = 0; at < 12; at++) await call('PATCH', `/v1/users/${ann.id}`, { title: `Title ${at}` })
await sequence(pool, organizationId)

const verified = async (anchor?: Anchor) => {
  const transaction = await openTransaction(pool, organizationId, 'snapshot')
  try {
    return await verifyAudit(transaction.db, organizationId, anchor)
  } finally {
    await transaction.rollback()
  }
}

const whole = await verified()
const tenant = `tenant_id = '${organizationId}'`

test('every write leaves an entry, those of the command line too, and the chain holds', async () => {
  expect(whole).toMatchObject({ ok: true, entries: 14, head: { seq: 14 }, fault: null })
  const { body } = await call('GET', '/v1/audit-log?limit=100')
  expect(body.items.map(({ operation }: { operation: string }) => operation)).toEqual([
    ...Array(12).fill('updateUser'),
    'createUser',
    'createOrganization',
  ])
  expect(body.items.at(-1)).toMatchObject({ seq: 1, actorKind: 'command_line', actorId: organizationId })
  expect(body.items[0].hash).toBe(whole.head.hash)
})

test.each([
  ['edited', `update audit_log set operation = 'deleteUser' where ${tenant} and seq = 7`, 'entry 7 was changed'],
  ['edited, its hash left out', `update audit_log set hash = 'x' where ${tenant} and seq = 7`, 'entry 7 was changed'],
  ['deleted', `delete from audit_log where ${tenant} and seq = 7`, 'entry 7 is missing'],
  ['the first one deleted', `delete from audit_log where ${tenant} and seq = 1`, 'entry 1 is missing'],
  [
    'deleted, and those behind it moved up',
    `delete from audit_log where ${tenant} and seq = 7; update audit_log set seq = -seq where ${tenant} and seq > 7;
     update audit_log set seq = -seq - 1 where ${tenant} and seq < 0`,
    'entry 7 was changed',
  ],
  [
    'swapped',
    `update audit_log set seq = -seq where ${tenant} and seq in (7, 8);
     update audit_log set seq = 15 + seq where ${tenant} and seq < 0`,
    'entry 7 was changed',
  ],
  [
    'forged',
    `insert into audit_log (tenant_id, id, seq, hash, at, actor_kind, actor_id, operation, subject_ids, input_digest, request_id)
     select tenant_id, gen_random_uuid(), 15, hash, at, actor_kind, actor_id, operation, subject_ids, input_digest, request_id
     from audit_log where ${tenant} and seq = 14`,
    'entry 15 was changed',
  ],
  ['its tail cut', `delete from audit_log where ${tenant} and seq > 12`, 'entries 13 to 14 are gone'],
])('%s: detected', async (_what, tampering, fault) => {
  const client = await mighty.connect()
  try {
    await client.query('begin')
    await client.query('set local session_replication_role = replica')
    for (const statement of tampering.split(';')) await client.query(statement)
    expect(await verifyAudit(client as never, organizationId)).toMatchObject({ ok: false, fault })
  } finally {
    await client.query('rollback')
    client.release()
  }
})

test('a tail cut with all its traces is seen by who kept an anchor', async () => {
  const { items } = (await headway(serving, 'audit', 'anchor', '--org', organizationId, '--json')).json()
  expect(items).toEqual([whole.head])
  const file = path.join(folder, 'anchors.json')
  await writeFile(file, JSON.stringify({ items }))
  const check = () => headway(serving, 'audit', 'verify', '--org', organizationId, '--anchor', file, '--json')
  expect((await check()).json().items).toMatchObject([{ ok: true }])

  const client = await mighty.connect()
  await client.query('set session_replication_role = replica')
  await client.query(`create temp table kept as select * from audit_log where ${tenant} and seq > 12`)
  await client.query(`delete from audit_log where ${tenant} and seq > 12`)
  await client.query(
    `update journal_heads set audit_seq = 12, audit_hash = (select hash from audit_log where ${tenant} and seq = 12) where ${tenant}`,
  )
  try {
    expect(await verified()).toMatchObject({ ok: true, entries: 12 })
    const found = await check()
    expect(found.code).toBe(1)
    expect(found.json().items).toMatchObject([{ ok: false, fault: 'entries 13 to 14 were anchored and are gone' }])
  } finally {
    await client.query('insert into audit_log overriding system value select * from kept')
    await client.query(`update journal_heads set audit_seq = 14, audit_hash = '${whole.head.hash}' where ${tenant}`)
    await client.query('drop table kept; set session_replication_role = origin')
    client.release()
  }
  expect((await check()).json().items).toMatchObject([{ ok: true, entries: 14 }])
})

test.each([
  ["update audit_log set operation = 'x'", /permission denied/],
  ['update audit_log set seq = 100', /cannot be changed/],
  ["update audit_log set hash = 'x'", /cannot be changed/],
  ["update audit_log set salt = 'x'", /cannot be changed/],
  ['truncate audit_log', /permission denied/],
  ["update audit_log set at = '2020-01-01'", /permission denied/],
])('the serving role cannot %s', async (statement, refusal) => {
  const transaction = await openTransaction(pool, organizationId, 'write')
  await expect(transaction.db.query(statement)).rejects.toThrow(refusal)
  await transaction.rollback()
})

test('nobody deletes an entry of this year', async () => {
  const young = await createWorld()
  const transaction = await openTransaction(young.pool, young.organizationId, 'write')
  await expect(transaction.db.query('delete from audit_log')).rejects.toThrow(/keeps its entries for a year/)
  await transaction.rollback()
})

test('entries hold nothing of a person but ids and salted digests; without the salt the chain still holds', async () => {
  const { rows } = await mighty.query(`select to_jsonb(a)::text as text, salt from audit_log a where ${tenant}`)
  for (const { text, salt } of rows) {
    expect(text).not.toMatch(/ann@example|Ann|Title/)
    expect(salt).toMatch(/^[0-9a-f]{32}$/)
  }
  const transaction = await openTransaction(pool, organizationId, 'write')
  await transaction.db.query(
    'update audit_log set salt = null where tenant_id = $1 and ($2 = any(subject_ids) or actor_id = $2)',
    [organizationId, ann.id],
  )
  await transaction.db.query('delete from users where tenant_id = $1 and id = $2', [organizationId, ann.id])
  await transaction.commit()
  expect(await verified(whole.head)).toMatchObject({ ok: true, entries: 14 })
})

test('by actor, operation, subject and time, page by page, for administrators alone', async () => {
  const list = async (query: string): Promise<number[]> => {
    const { status, body } = await call('GET', `/v1/audit-log${query}`)
    expect(status, JSON.stringify(body)).toBe(200)
    return body.items.map(({ seq }: { seq: number }) => seq)
  }
  expect(await list(`?actorId=${organizationId}`)).toEqual([1])
  expect(await list('?operation=createUser')).toEqual([2])
  expect(await list(`?subjectId=${ann.id}&limit=2`)).toEqual([14, 13])
  expect(await list('?from=2025-01-01T10:00:00.001Z')).toEqual([])
  expect(await list('?to=2025-01-01T12:00:00%2B02:00&limit=1')).toEqual([14])
  const { body } = await call('GET', '/v1/audit-log?limit=10')
  expect(await list(`?limit=10&cursor=${body.nextCursor}`)).toEqual([4, 3, 2, 1])
  const { body: answer } = await call.graphql(
    '{ auditLog(first: 1) { nodes { seq operation } pageInfo { hasNextPage } } }',
  )
  expect(answer.data.auditLog).toEqual({
    nodes: [{ seq: 14, operation: 'updateUser' }],
    pageInfo: { hasNextPage: true },
  })
})

test('what retention takes, it vouches for', async () => {
  const taken = async (before: string) => {
    const transaction = await openTransaction(pool, organizationId, 'write')
    const gone = await pruneAudit(transaction.db, organizationId, before, world.clock.now.toISOString())
    await transaction.commit()
    await sequence(pool, organizationId)
    return gone
  }
  world.clock.now = new Date('2025-02-01T10:00:00.000Z')
  await call('POST', '/v1/teams', { name: 'Later' })
  await sequence(pool, organizationId)
  expect(await taken('2025-01-01T00:00:00.000Z')).toBe(0)
  expect(await taken('2025-01-15T00:00:00.000Z')).toBe(14)
  expect(await verified()).toMatchObject({ ok: true, entries: 2, head: { seq: 16 } })
  expect((await call('GET', '/v1/audit-log')).body.items.map(({ seq }: { seq: number }) => seq)).toEqual([16, 15])
})
