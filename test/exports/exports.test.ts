import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetReadObjects } from 'hyparquet'
import { beforeAll, expect, test } from 'vitest'
import type { BiTable } from '../../src/bi/table.ts'
import { biTable, offeredTables } from '../../src/bi/tables.ts'
import { createWorld } from '../support/app.ts'
import { requireDownload } from '../support/contract.ts'
import { goalsOf } from '../support/goals.ts'

const world = await createWorld()
const goals = goalsOf(world.call)

/** Each answer is held against the contract. */
const take = async (path: string, headers: Record<string, string> = {}) => {
  const url = `/v1/exports${path}`
  const answer = await world.app.inject({ url, headers: { authorization: `Bearer ${world.apiKey}`, ...headers } })
  requireDownload('GET', url, answer)
  return answer
}

let keyResultId: string
let objectiveId: string
beforeAll(async () => {
  const { id: cycleId } = await goals.cycle()
  ;({ id: objectiveId } = await goals.objective(cycleId, '=HYPERLINK("http://x")'))
  await goals.objective(cycleId, 'Quoted "title", with\na second line — ünïcode')
  await goals.objective(cycleId, 'Back\\slash \\N and\ta tab', { dueOn: '2026-12-30' })
  ;({ id: keyResultId } = await goals.keyResult(objectiveId, { target: 10 }))
  const items = Array.from({ length: 40 }, (_, at) => ({ keyResultId, value: at / 3 }))
  await goals.act('check-ins/batch', { items })
})

test('tables are listed, and only those of the scopes of the credential', async () => {
  const names = async (key: string) => {
    const { body } = await world.as(key)('GET', '/v1/exports')
    return body.items.map(({ name }: { name: string }) => name)
  }
  expect(await names(world.apiKey)).toContain('check_ins')
  const directory = await world.key('viewer', ['directory:read'])
  expect(await names(directory)).toEqual(['people', 'departments', 'teams', 'team_memberships'])
  expect((await world.as(directory)('GET', '/v1/exports/check_ins')).status).toBe(404)
})

test('CSV a spreadsheet reads as text, with and without gzip', async () => {
  const { body, headers } = await take('/objectives')
  expect(headers).toMatchObject({ 'content-type': expect.stringContaining('text/csv') })
  expect(body).toContain(`"'=HYPERLINK(""http://x"")"`)
  expect(body).toContain('"Quoted ""title"", with\na second line — ünïcode"')
  expect(body.split('\n')[0]).toMatch(/^objective_id,external_id,title,/)
  const zipped = await take('/objectives', { 'accept-encoding': 'gzip' })
  expect(gunzipSync(zipped.rawPayload).toString()).toBe(body)
})

test('NDJSON holds what the view holds, also quotes and lines', async () => {
  const { body } = await take('/objectives?format=ndjson')
  const rows = body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect((rows.map(({ title }) => title) as string[]).toSorted()).toEqual([
    '=HYPERLINK("http://x")',
    'Back\\slash \\N and\ta tab',
    'Quoted "title", with\na second line — ünïcode',
  ])
  expect(rows.find(({ objective_id }) => objective_id === objectiveId)).toMatchObject({ progress: 1, deleted_at: null })
})

test.each(offeredTables.map(({ name }) => name))('Parquet of %s holds what NDJSON does', async (name) => {
  const { rawPayload } = await take(`/${name}?format=parquet&includeDeleted=true`)
  const { body } = await take(`/${name}?format=ndjson&includeDeleted=true`)
  const rows = await parquetReadObjects({ file: new Uint8Array(Uint8Array.from(rawPayload)).buffer })
  const { key, columns } = biTable(name) as BiTable
  const told = (row: Record<string, unknown>) =>
    Object.entries(columns).map(([column, { type }]) => {
      const value = row[column]
      if (value === null || value === undefined) return null
      if (type === 'Date') return new Date(value as string).toISOString().slice(0, 10)
      return type === 'DateTimeOffset' ? new Date(value as string).toISOString() : value
    })
  const sorted = (all: Record<string, unknown>[]) =>
    all.toSorted((a, b) => String(a[key]).localeCompare(String(b[key]))).map(told)
  const lines = body.split('\n').filter(Boolean)
  expect(sorted(rows)).toEqual(sorted(lines.map((line) => JSON.parse(line))))
})

test('DuckDB reads the Parquet files and gets the sums of the API', async () => {
  const { body: kpi } = await world.call('POST', '/v1/kpis', {
    code: 'V',
    name: 'V',
    aggregation: 'sum',
    rollup: 'sum',
  })
  const items = Array.from({ length: 240 }, (_, at) => ({
    kpiCode: 'V',
    period: `2025-${String((at % 12) + 1).padStart(2, '0')}`,
    value: 1e6 / (at + 1),
    dimensions: { country: `C${Math.floor(at / 12)}` },
  }))
  await goals.act('measurements/batch', { items })
  // A correction: the old value is in the file, too, and counts no more.
  await goals.act('measurements/batch', { items: [{ ...items[0], value: 7 }] })
  const folder = await mkdtemp(join(tmpdir(), 'headway-parquet-'))
  for (const table of ['measurements', 'check_ins']) {
    const { rawPayload } = await take(`/${table}?format=parquet`)
    await writeFile(join(folder, `${table}.parquet`), rawPayload)
  }
  const connection = await (await DuckDBInstance.create()).connect()
  const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  const months = await read(
    `select period, sum(value) as total from '${folder}/measurements.parquet' where is_current group by 1 order by 1`,
  )
  const { body } = await world.call('GET', `/v1/kpis/${kpi.id}/series?from=2025-01-01&to=2025-12-31&grain=month`)
  const [{ points }] = body.series
  expect(months.map(({ period }) => period)).toEqual(points.map(({ period }: { period: string }) => period))
  for (const [at, { value }] of points.entries())
    expect(Math.abs(Number(months[at]?.['total']) / value - 1)).toBeLessThan(1e-9)
  const types = `select count(*) as n, min(typeof(recorded_at)) as type, bool_and(is_live) as live from '${folder}/check_ins.parquet'`
  expect(await read(types)).toMatchObject([{ n: '40', type: 'TIMESTAMP WITH TIME ZONE', live: true }])
  await rm(folder, { recursive: true })
})

/** All parts of an incremental export, kept by key, and the `updatedSince` of the next one. */
const follow = async (
  held: Map<string, Record<string, unknown>>,
  since: string,
  meanwhile: (part: number) => Promise<unknown> = async () => {},
) => {
  let path: string | undefined = `/objectives?format=ndjson&includeDeleted=true&limit=2&updatedSince=${since}`
  let through: string | undefined
  for (let part = 0; path; part++) {
    const { body, headers } = await take(path)
    const lines = body.split('\n').filter(Boolean)
    expect(lines.length).toBeLessThanOrEqual(2)
    // The second answer is broken off in the middle of its second line, and asked for again.
    const whole = part === 1 ? lines.slice(0, 1) : lines
    for (const line of whole) held.set(JSON.parse(line).objective_id, JSON.parse(line))
    await meanwhile(part)
    through = headers['synced-through'] as string | undefined
    if (part === 1) continue
    path = headers.link ? /<\/v1\/exports([^>]*)>/.exec(String(headers.link))?.[1] : undefined
  }
  return through as string
}

test('an export in parts, broken off and resumed while the table is written to, ends with the rows of the table', async () => {
  const { cycleId } = await goals.read(`objectives/${objectiveId}`)
  // Of one instant, so that parts end between rows that changed at the same time.
  const items = Array.from({ length: 5 }, (_, at) => ({ cycleId, title: `Tied ${at}`, ownerType: 'organization' }))
  await goals.act('objectives/batch', { items })
  const held = new Map<string, Record<string, unknown>>()
  const rename = (id: unknown, title: string) => world.call('PATCH', `/v1/objectives/${id as string}`, { title })
  const through = await follow(held, '2000-01-01T00:00:00Z', async (part) => {
    const [first] = held.keys()
    if (part < 4) await goals.objective(cycleId, `Meanwhile ${part}`)
    if (part === 2) await world.call('DELETE', `/v1/objectives/${[...held.keys()].at(-1)}`)
    if (part === 3) await rename(first, 'Read before, and changed')
  })
  await rename([...held.keys()][1], 'Changed after the end')
  await follow(held, through)
  const { body } = await take('/objectives?format=ndjson&includeDeleted=true')
  const rows = body.split('\n').filter(Boolean)
  expect(rows.length).toBeGreaterThan(10)
  expect(held).toEqual(new Map(rows.map((line) => [JSON.parse(line).objective_id, JSON.parse(line)])))
})

test('measurements and targets of a deleted KPI count no more, and copies hear of it', async () => {
  const { body: kpi } = await world.call('POST', '/v1/kpis', { code: 'GONE', name: 'G', aggregation: 'sum' })
  await goals.act('measurements/batch', { items: [{ kpiCode: 'GONE', period: '2025-01', value: 1 }] })
  const target = await world.call('POST', `/v1/kpis/${kpi.id}/targets`, { effectiveFrom: '2025-01-01', target: 2 })
  expect(target.status, JSON.stringify(target.body)).toBe(201)
  const since = new Date(Date.now() + 1).toISOString()
  while (Date.now() <= Date.parse(since)) await new Promise(setImmediate)
  expect((await world.call('DELETE', `/v1/kpis/${kpi.id}`)).status).toBe(204)
  const rowsOf = async (table: string, query: string) => {
    const { body } = await take(`/${table}?format=ndjson${query}`)
    const rows = body.split('\n').filter(Boolean)
    return rows.map((line) => JSON.parse(line)).filter((row) => row.kpi_id === kpi.id)
  }
  for (const table of ['measurements', 'kpi_targets']) {
    expect(await rowsOf(table, '')).toEqual([])
    const [row, ...more] = await rowsOf(table, `&includeDeleted=true&updatedSince=${since}`)
    expect([typeof row.deleted_at, row.is_current ?? false, more]).toEqual(['string', false, []])
  }
})

test('what hangs on a hidden goal or KPI is hidden, as in the API', async () => {
  const { cycleId } = await goals.read(`objectives/${objectiveId}`)
  const child = await goals.objective(cycleId, 'Child')
  const parents: Record<string, string> = {}
  const kpis: Record<string, string> = {}
  for (const visibility of ['organization', 'restricted', 'private']) {
    const parent = await goals.objective(cycleId, visibility, { visibility })
    const above = visibility === 'organization' ? parent : await goals.keyResult(parent.id, { target: 1 })
    const key = visibility === 'organization' ? 'parentObjectiveId' : 'parentKeyResultId'
    const made = { childObjectiveId: child.id, [key]: above.id, relation: 'supports' }
    const alignment = await world.call('POST', '/v1/alignments', made)
    expect(alignment.status, JSON.stringify(alignment.body)).toBe(201)
    parents[alignment.body.id] = visibility
    const kpi = await world.call('POST', '/v1/kpis', { code: `S_${visibility}`, name: 'S', visibility })
    expect(kpi.status, JSON.stringify(kpi.body)).toBe(201)
    kpis[visibility] = kpi.body.id
  }
  const cards: Record<string, string> = {}
  for (const visibility of ['organization', 'restricted', 'private']) {
    const items = [kpis['organization'], ...(visibility === 'organization' ? [] : [kpis[visibility]])]
    const card = await world.call('POST', '/v1/scorecards', {
      name: visibility,
      visibility: 'organization',
      items: items.map((kpiId) => ({ kpiId, perspective: 'financial' })),
    })
    expect(card.status, JSON.stringify(card.body)).toBe(201)
    cards[card.body.id] = visibility
  }
  const seenBy = async (key: string) => {
    const rows = async (table: string) => {
      const { body } = await take(`/${table}?format=ndjson`, { authorization: `Bearer ${key}` })
      const lines = body.split('\n').filter(Boolean)
      return lines.map((line) => JSON.parse(line))
    }
    const alignments = (await rows('alignments')).map((row) => [parents[row.alignment_id], row.visibility])
    const items = (await rows('scorecard_items')).map((row) => [cards[row.scorecard_id], row.visibility])
    const sorted = (all: unknown[][]) => all.toSorted((a, b) => String(a).localeCompare(String(b)))
    return { alignments: sorted(alignments), items: sorted(items) }
  }
  const open = ['organization', 'organization']
  const some = ['restricted', 'restricted']
  expect(await seenBy(world.apiKey)).toEqual({ alignments: [open, some], items: [open, some, some] })
  expect(await seenBy(await world.key('viewer'))).toEqual({ alignments: [open], items: [open] })
})

test('a write that stays open holds back how far exports and lists say they are whole', async () => {
  const client = await world.pool.connect()
  try {
    // Of no row, so that nothing waits for it; an id of a transaction is what makes it a writer.
    await client.query('begin')
    await client.query('select pg_current_xact_id()')
    const { rows } = await client.query<{ began: number }>('select extract(epoch from now())::float8 * 1000 as began')
    const told = async () => {
      const first = await take('/objectives?includeDeleted=true&limit=2')
      const last = `/objectives?limit=1000&includeDeleted=true&cursor=${String(first.headers['next-cursor'])}`
      return {
        last,
        through: [
          (await take(last)).headers['synced-through'],
          (await take('/objectives?updatedSince=2026-01-01T00:00:00Z')).headers['synced-through'],
          (await world.call('GET', '/v1/cycles?updatedSince=2026-01-01T00:00:00Z')).body.syncedThrough,
        ].map((instant) => Date.parse(String(instant))),
      }
    }
    // As if it had been open for an hour.
    world.clock.now = new Date(Date.now() + 3_600_000)
    const latest = (rows[0]?.began ?? 0) - 30_000
    const { last, through: held } = await told()
    for (const through of held) expect(through).toBeLessThanOrEqual(latest)
    await client.query('rollback')
    // The rows it wrote may be dated among those of the first part, which was read before it ended.
    expect(Date.parse(String((await take(last)).headers['synced-through']))).toBeLessThanOrEqual(latest)
    for (const through of (await told()).through) expect(through).toBeGreaterThan(latest)
  } finally {
    client.release(true)
    world.clock.now = undefined as never
  }
})

test.each([
  ['/nothing', 404],
  ['/objectives?format=xml', 422],
  ['/objectives?limit=0', 422],
  ['/objectives?updatedSince=yesterday', 422],
  ["/objectives?updatedSince=2026-01-01T00:00:00Z'--", 422],
  ['/objectives?cursor=x', 400],
  ['/objectives?color=red', 400],
])('%s is refused', async (path, status) => {
  const answer = await take(path)
  expect(answer.statusCode).toBe(status)
  expect(answer.json().code).toEqual(expect.any(String))
})
