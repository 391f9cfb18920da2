import type { AddressInfo } from 'node:net'
import { auditServer } from 'graphql-http'
import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const { app, apiKey, call, pool } = await createWorld()
const post = async (path: string, body: object) => (await call('POST', `/v1/${path}`, body)).body

describe('limits', () => {
  const nested = (depth: number) => {
    let query = 'id'
    for (let level = depth; level > 3; level--) query = `parent { ${query} }`
    return `{ departments(first: 1) { nodes { ${query} } } }`
  }
  const refusal = async (query: string, variables = {}) => {
    const { body } = await call.graphql(query, variables)
    return body.errors?.[0].extensions.code ?? 'accepted'
  }

  test('depth 10', async () => {
    expect(await refusal(nested(10))).toBe('accepted')
    expect(await refusal(nested(11))).toBe('query_too_complex')
  })

  test('depth hidden in fragments', async () => {
    const query = `{ departments(first: 1) { nodes { ...A } } }
      fragment A on Department { parent { parent { parent { parent { parent { ...B } } } } } }
      fragment B on Department { parent { parent { parent { parent { id } } } } }`
    expect(await refusal(query)).toBe('query_too_complex')
  })

  test('introspection of tools is exempt from depth', async () => {
    const { getIntrospectionQuery } = await import('graphql')
    const { body } = await call.graphql(getIntrospectionQuery())
    expect(body.errors).toBeUndefined()
    expect(body.data.__schema.types.length).toBeGreaterThan(20)
  })

  const aliased = (count: number) => `{ ${Array.from({ length: count }, (_, at) => `a${at}: me { id }`).join(' ')} }`
  test('30 aliases', async () => {
    expect(await refusal(aliased(30))).toBe('accepted')
    expect(await refusal(aliased(31))).toBe('query_too_complex')
  })

  test('2,000 tokens', async () => {
    const listed = (tokens: number) => `{ users(externalId: [${'"x" '.repeat(tokens - 15)}]) { nodes { id } } }`
    // Within the limit it reaches the door, which takes 100 values.
    expect(await refusal(listed(2_000))).toBe('invalid_input')
    expect(await refusal(listed(2_001))).toBe('query_too_complex')
  })

  test('a cost of 5,000 nodes, counted by first', async () => {
    const users = (first: string, reports: string) =>
      `query${first === '$n' ? ' ($n: Int)' : ''} { users(first: ${first}) { nodes { reports(first: ${reports}) { nodes { id } } } } }`
    expect(await refusal(users('70', '70'))).toBe('accepted')
    expect(await refusal(users('100', '51'))).toBe('query_too_complex')
    expect(await refusal(users('$n', '100'), { n: 51 })).toBe('query_too_complex')
    expect(await refusal('{ users { nodes { reports { nodes { reports { nodes { id } } } } } } }')).toBe(
      'query_too_complex',
    )
  })

  test('a page holds 100 at most', async () => {
    expect(await refusal('{ users(first: 100) { nodes { id } } }')).toBe('accepted')
    expect(await refusal('{ users(first: 101) { nodes { id } } }')).toBe('invalid_input')
    expect(await refusal('{ users(first: 0) { nodes { id } } }')).toBe('invalid_input')
    expect(await refusal('{ users(first: -1) { nodes { id } } }')).toBe('invalid_input')
    await post('users', { userName: 'boss', displayName: 'Boss' })
    expect(await refusal('{ users { nodes { reports(first: 101) { nodes { id } } } } }')).toBe('invalid_input')
    expect(await refusal('{ users { nodes { reports(after: "x") { nodes { id } } } } }')).toBe('invalid_cursor')
  })

  test('no batches', async () => {
    const answer = await call('POST', '/graphql', [{ query: '{ me { id } }' }, { query: '{ me { id } }' }])
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed_request'])
  })
})

test('one answer is one snapshot while others write', async () => {
  const team = await post('teams', { name: '0' })
  const fields = Array.from({ length: 25 }, (_, at) => `t${at}: team(id: $id) { name version }`).join(' ')
  const work = { done: false }
  const writer = (async () => {
    for (let at = 1; !work.done; at++) await call('PATCH', `/v1/teams/${team.id}`, { name: `${at}` })
  })()
  const seen = new Set<string>()
  for (let round = 0; round < 25; round++) {
    const { body } = await call.graphql(`query ($id: ID!) { ${fields} }`, { id: team.id })
    const answers = new Set(Object.values(body.data).map((each) => JSON.stringify(each)))
    expect(answers.size).toBe(1)
    seen.add([...answers][0] as string)
  }
  work.done = true
  await writer
  expect(seen.size).toBeGreaterThan(1)
})

test('mutations run in order, each seen by the next', async () => {
  const { body } = await call.graphql(
    `mutation {
      a: createTeam(input: { name: "Order", externalId: "order" }) { version name }
      b: upsertTeamByExternalId(externalId: "order", input: { name: "Order 2" }) { version name }
      c: upsertTeamByExternalId(externalId: "order", input: { name: "Order 3" }) { version name memberships { nodes { id } } }
    }`,
  )
  expect(body.errors).toBeUndefined()
  expect([body.data.a, body.data.b, body.data.c]).toEqual([
    { version: 1, name: 'Order' },
    { version: 2, name: 'Order 2' },
    { version: 3, name: 'Order 3', memberships: { nodes: [] } },
  ])
})

test('a field that fails while others still read leaves no connection behind', async () => {
  const fields = Array.from(
    { length: 10 },
    (_, at) => `t${at}: teams(first: 5) { nodes { memberships { nodes { id } } } }`,
  )
  const { as, key, pool } = await createWorld()
  const reader = as(await key('viewer', ['okr:read', 'directory:read']))
  for (let round = 0; round < 20; round++) {
    const { body } = await reader.graphql(`{ apiKeys { nodes { id } } ${fields.join(' ')} }`)
    expect(body.errors[0].extensions.code).toBe('insufficient_scope')
  }
  await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0)
})

test('a mutation that fails leaves those before it in place', async () => {
  const { body } = await call.graphql(
    `mutation {
      a: createTeam(input: { name: "Stays" }) { id }
      b: createTeam(input: { name: "" }) { id }
    }`,
  )
  expect(body.errors).toMatchObject([{ path: ['b'], extensions: { code: 'invalid_input' } }])
  expect((await call('GET', '/v1/teams?q=Stays')).body.items.length).toBe(1)
})

test('GraphQL over HTTP: the audit of graphql-http finds no error', async () => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const results = await auditServer({
    url: `http://127.0.0.1:${port}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${apiKey}` } }),
  })
  const failed = results.filter(({ status }) => status !== 'ok')
  expect(failed.filter(({ status }) => status === 'error').map(({ name }) => name)).toEqual([])
  expect(results.length).toBeGreaterThan(50)
})

describe('an error that leaves edges of an earlier mutation behind, still reading', () => {
  const deep = 'objective { cycle { objectives(first: 3) { nodes { id keyResults(first: 3) { nodes { id } } } } } }'
  // Each text once: what is compiled answers otherwise.
  const document = (at: number, isDry: boolean, isNextDry: boolean) => `mutation ($id: ID!) {
    a${at}: createCheckIn(keyResultId: $id, input: { value: 25 }, validateOnly: ${isDry}) {
      keyResult { bad: checkIns(first: 101) { nodes { id } } ${deep} } }
    b${at}: createCheckIn(keyResultId: $id, input: { value: 30 }, validateOnly: ${isNextDry}) {
      keyResult { value objective { progress } } } }`

  test.each([
    [true, true],
    [true, false],
    [false, true],
  ])('dry %s, then dry %s: the next one tells its own numbers, and connections come back', async (isDry, isNextDry) => {
    const { id: cycleId } = await post('cycles', {
      name: 'Y',
      kind: 'year',
      startsOn: '2026-01-01',
      endsOn: '2026-12-31',
    })
    const { id: objectiveId } = await post('objectives', { title: 'O', cycleId })
    for (let at = 0; at < 6; at++) {
      const { id } = await post('key-results', { objectiveId, title: 'K', kind: 'metric', baseline: 0, target: 100 })
      const { body } = await call.graphql(document(at, isDry, isNextDry), { id })
      expect(body.errors).toHaveLength(1)
      expect(body.data[`b${at}`].keyResult.value).toBe(30)
      await call('DELETE', `/v1/key-results/${id}`)
    }
    await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0)
  })
})
