import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const { call, as, key, pool, clock } = await createWorld()

test.each([
  ['by its cursor', () => call('GET', '/v1/teams?cursor=x')],
  ['by its order', () => call('GET', '/v1/teams?sort=nothing')],
  ['by its rule', async () => as(await key('viewer', ['admin']))('GET', '/v1/api-keys')],
  ['by policy', () => call('GET', '/v1/objectives?sort=progress')],
])('a read refused %s leaves no open transaction on its connection', async (_how, refused) => {
  // The caller's last use is noted beside the first request.
  clock.now = new Date()
  for (let round = 0; round < 3; round++) {
    const { status, body } = await refused()
    expect([status >= 400 && status < 500, body.code]).toEqual([true, expect.stringMatching(/^(inv|forb|peop)/)])
  }
  const open = await pool.query(
    "select now() < clock_timestamp() - interval '10 seconds' as stale, pg_current_xact_id_if_assigned() as xid",
  )
  expect(open.rows).toEqual([{ stale: false, xid: null }])
  expect((await call('POST', '/v1/teams', { name: 'After' })).status).toBe(201)
})
