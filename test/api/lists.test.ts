import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const { call, clock } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const create = async (path: string, body: object) => {
  const answer = await call('POST', `/v1/${path}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
type Row = { id: string; name: string; code: string | null; version: number }

/** Follows the Link header from page to page; `between` runs after each page. */
const walk = async (url: string, between = async () => {}): Promise<Row[]> => {
  const rows: Row[] = []
  for (let next: string | undefined = url; next; ) {
    const { status, body, headers } = await call('GET', next)
    expect(status, JSON.stringify(body)).toBe(200)
    rows.push(...body.items)
    next = /^<(.+)>; rel="next"$/.exec((headers['link'] as string | undefined) ?? '')?.[1]
    expect(next === undefined).toBe(body.nextCursor === null)
    await between()
  }
  return rows
}

const departments = Array.from({ length: 20 }, (_, at) => ({
  name: `D${at}`,
  code: at % 3 === 0 ? null : `C${at % 5}`,
}))
for (const department of departments) {
  await create('departments', department)
  clock.now = new Date(clock.now.getTime() + 5)
}
const all: Row[] = (await call('GET', '/v1/departments?limit=100')).body.items

const nullsLast = (descending: boolean) => (one: Row, other: Row) => {
  if (one.code === other.code) return descending ? (one.id > other.id ? -1 : 1) : one.id < other.id ? -1 : 1
  if (one.code === null || other.code === null) return one.code === null ? 1 : -1
  return one.code < other.code === descending ? 1 : -1
}

test.each([1, 2, 7, 100])('pages of %d hold every row once, nulls last', async (limit) => {
  for (const sort of ['code', '-code']) {
    const rows = await walk(`/v1/departments?limit=${limit}&sort=${sort}`)
    expect(rows.map(({ id }) => id)).toEqual(all.toSorted(nullsLast(sort.startsWith('-'))).map(({ id }) => id))
  }
})

test('sorts of several members, each in its own direction', async () => {
  const rows = await walk('/v1/departments?limit=3&sort=-code,name')
  const expected = all.toSorted((one, other) =>
    one.code === other.code ? (one.name < other.name ? -1 : 1) : nullsLast(true)(one, other),
  )
  expect(rows.map(({ name }) => name)).toEqual(expected.map(({ name }) => name))
})

test('rows inserted and changed while pages are read neither repeat nor hide others', async () => {
  let count = 0
  const rows = await walk('/v1/departments?limit=2&sort=-code', async () => {
    if (count++ < 6) await create('departments', { name: `Inserted ${count}`, code: `C${count}` })
  })
  const ids = rows.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(expect.arrayContaining(all.map(({ id }) => id)))
})

test('a cursor belongs to its filters, its order and its list', async () => {
  const { body } = await call('GET', '/v1/departments?limit=2&sort=code&code=C1')
  const cursor = encodeURIComponent(body.nextCursor)
  expect((await call('GET', `/v1/departments?limit=2&sort=code&code=C1&cursor=${cursor}`)).status).toBe(200)
  expect((await call('GET', `/v1/departments?limit=5&sort=code&code=C1&cursor=${cursor}`)).status).toBe(200)
  for (const url of [
    'departments?sort=code&code=C2',
    'departments?sort=-code&code=C1',
    'departments?sort=code',
    'teams?sort=name',
  ])
    expect((await call('GET', `/v1/${url}&limit=2&cursor=${cursor}`)).body.code, url).toBe('invalid_cursor')
})

test('a changed cursor, or one of another organization, is refused', async () => {
  const other = await createWorld()
  const { nextCursor } = (await call('GET', '/v1/departments?limit=1')).body
  const ask = async (cursor: string, caller = call) =>
    (await caller('GET', `/v1/departments?limit=1&cursor=${encodeURIComponent(cursor)}`)).body.code
  expect(await ask(nextCursor, other.call)).toBe('invalid_cursor')
  const [payload, signature] = nextCursor.split('.')
  for (const changed of [
    `${payload}x.${signature}`,
    `${payload}.${signature}x`,
    payload,
    `.${signature}`,
    '.',
    'x.y.z',
  ])
    expect(await ask(changed), changed).toBe('invalid_cursor')
})

test('repeated filters mean any of', async () => {
  const { items } = (await call('GET', '/v1/departments?code=C1&code=C2&limit=100&sort=code')).body
  expect(new Set(items.map(({ code }: Row) => code))).toEqual(new Set(['C1', 'C2']))
  expect((await call('GET', '/v1/departments?code=nothing')).body).toEqual({ items: [], nextCursor: null })
})

test('q finds parts of words as they are written', async () => {
  await create('departments', { name: '100 % of_everything\\', code: 'Q' })
  const found = async (q: string) =>
    (await call('GET', `/v1/departments?q=${encodeURIComponent(q)}`)).body.items.map(({ code }: Row) => code)
  expect(await found('0 % OF_EVERY')).toEqual(['Q'])
  expect(await found('thing\\')).toEqual(['Q'])
  expect(await found('100_%')).toEqual([])
})

test('fields makes answers sparse', async () => {
  const { items } = (await call('GET', '/v1/departments?fields=id,code&limit=1')).body
  expect(Object.keys(items[0]).toSorted()).toEqual(['code', 'id'])
  const one = await call('GET', `/v1/departments/${items[0].id}?fields=name`)
  expect(Object.keys(one.body)).toEqual(['name'])
  expect((await call('GET', '/v1/departments?fields=id,secret')).body.code).toBe('invalid_input')
})

test.each([
  ['limit=0', 422],
  ['limit=101', 422],
  ['limit=1e9', 422],
  ['limit=1.5', 422],
  ['limit=abc', 422],
  ['limit=', 422],
  ['limit=1&limit=2', 422],
  ['sort=nothing', 422],
  ['sort=code,nothing', 422],
  ['sort=tenantId', 422],
  ['updatedSince=yesterday', 422],
  ['includeDeleted=1', 422],
  ['q=', 422],
  ['parentId=x', 422],
  ['limits=1', 400],
  ['__proto__=1', 400],
])('%s is refused', async (query, status) => {
  const answer = await call('GET', `/v1/departments?${query}`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(status)
})

test('people are not ranked', async () => {
  const sorted = (query: string) => call('GET', `/v1/objectives?sort=-progress${query}`)
  expect((await sorted('')).body.code).toBe('people_are_not_ranked')
  expect((await sorted('&ownerType=user&ownerType=team')).body.code).toBe('people_are_not_ranked')
  expect((await sorted('&ownerType=team')).status).toBe(200)
})
