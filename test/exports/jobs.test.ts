import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { asyncBufferFromUrl, parquetReadObjects } from 'hyparquet'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { connectBulk } from '../../src/db/bulk.ts'
import { openTransaction } from '../../src/db/transaction.ts'
import { addPiece, takeJob } from '../../src/exports/job.queries.ts'
import { attempts, runExport } from '../../src/exports/job.run.ts'
import type { Worker } from '../../src/jobs/job.ts'
import { openQueue } from '../../src/jobs/queue.ts'
import { retire } from '../../src/jobs/retention.ts'
import { startJobs } from '../../src/jobs/runner.ts'
import { createWorld } from '../support/app.ts'
import { requireDownload } from '../support/contract.ts'
import { goalsOf } from '../support/goals.ts'

const at = '2026-06-01T10:00:00.000Z'
const hour = 3_600_000
const log = pino({ level: 'silent' }) as never
const queue = await openQueue({ url: inject('appUrl'), log })
const world = await createWorld({ at, queue: queue.enqueue })
const { app, call, pool, organizationId: tenantId, clock } = world
const streams = connectBulk(pool)

const options = (signal = new AbortController().signal) => ({
  pool,
  streams,
  log,
  mostBytes: Infinity,
  clock: () => clock.now,
  signal,
})
const run = (id: string, signal?: AbortSignal) => runExport(options(signal), { tenantId, id })
const retired = () => retire(options(), tenantId)
const ask = async (body: object, caller = call): Promise<any> => {
  const answer = await caller('POST', '/v1/export-jobs', body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const read = async (id: string) => (await call('GET', `/v1/export-jobs/${id}`)).body
const done = async (body: object, caller = call) => {
  const { id } = await ask(body, caller)
  await run(id)
  return read(id)
}
/** Each answer is held against the contract. */
const take = async (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => {
  const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${world.apiKey}`, ...headers } })
  requireDownload(method, url, answer)
  return answer
}
const file = (id: string, headers?: Record<string, string>, method?: 'HEAD') =>
  take(`/v1/export-jobs/${id}/file`, headers, method)
const stored = async () => {
  const { db, commit } = await openTransaction(pool, tenantId, 'single')
  const { rows } = await db.query('select length(bytes) as bytes from export_chunks where tenant_id = $1', [tenantId])
  await commit()
  return (rows as { bytes: number }[]).map(({ bytes }) => bytes)
}
const pieces = async () => (await stored()).length

/** Pieces as a long export would have left them: a few more than go in one transaction. */
const leave = async (id: string) => {
  const { db, commit } = await openTransaction(pool, tenantId, 'write')
  const text = `insert into export_chunks (tenant_id, job_id, number, bytes) select $1, $2, n, 'x' from generate_series(1000, 1249) n`
  await db.query(text, [tenantId, id])
  await commit()
}
/** What statements by the pool delete of pieces, while it works. */
const dropsOf = async (work: (watched: typeof pool) => Promise<unknown>): Promise<number[]> => {
  const counts: number[] = []
  const connect = async () => {
    const client = await pool.connect()
    const query = async (config: { text?: string }, values: never) => {
      const result: { rows: any[] } = await client.query(config as never, values)
      if (config.text?.includes('delete from export_chunks'))
        counts.push(result.rows[0]?.['dropped'] ?? result.rows.length)
      return result
    }
    return { query, release: (error?: boolean) => client.release(error) }
  }
  await work({ connect } as never)
  return counts
}

/** More than one piece of NDJSON. */
const points = 2_400
let big: any
let whole: Buffer

beforeAll(async () => {
  const lines = Array.from({ length: points }, (_, n) => {
    const month = String((n % 12) + 1).padStart(2, '0')
    return `2025-${month},${n / 7},"C""${Math.floor(n / 12)}\nx"`
  })
  await call('POST', '/v1/kpis', { code: 'VISITS', name: 'Visits', aggregation: 'sum', rollup: 'sum' })
  const query = 'kpi=VISITS&periodColumn=Year&valueColumn=Value&dimensions=Country'
  const csv = `Year,Value,Country\n${lines.join('\n')}\n`
  const { body } = await call('POST', `/v1/measurements/import?${query}`, csv, { 'content-type': 'text/csv' })
  expect(body.created, JSON.stringify(body).slice(0, 500)).toBe(points)
  const goals = goalsOf(call)
  const { id: cycleId } = await goals.cycle()
  await goals.objective(cycleId, 'Open')
  await goals.objective(cycleId, 'Some', { visibility: 'restricted' })
  await goals.objective(cycleId, 'Private', { visibility: 'private' })
  big = await done({ table: 'measurements', format: 'ndjson' })
  whole = (await file(big.id)).rawPayload
})
afterAll(async () => {
  await queue.boss.stop({ graceful: false })
  await streams.end()
})

test('an export is asked for once, done by a node of those there are, and told of', async () => {
  const key = { 'idempotency-key': 'export' }
  const body = { table: 'measurements', format: 'parquet', externalId: 'mine' }
  const first = await call('POST', '/v1/export-jobs', body, key)
  expect(first.headers['location']).toBe(`/v1/export-jobs/${first.body.id}`)
  expect(first.body).toMatchObject({ status: 'queued', rowsWritten: 0, startedAt: null, finishedAt: null })
  expect((await call('POST', '/v1/export-jobs', body, key)).body).toEqual(first.body)
  const other = await ask({ table: 'people' })
  let underWay = 0
  let most = 0
  const workers: Worker[] = [
    {
      name: 'exports',
      run: async (ctx, work) => {
        most = Math.max(most, ++underWay)
        // Long enough for all workers to look.
        await sleep(work.id === other.id ? 0 : 300)
        await runExport({ ...options(), ...ctx }, work)
        underWay--
      },
    },
  ]
  const nodes = await Promise.all(
    [0, 1].map(async () => {
      const own = await openQueue({ url: inject('appUrl'), log })
      return startJobs({ ...options(), queue: own, metrics: new Registry(), jobs: [], workers })
    }),
  )
  for (const { id } of [first.body, other]) await expect.poll(async () => (await read(id)).status).toBe('succeeded')
  expect(most).toBe(1)
  await Promise.all(nodes.map((stop) => stop()))
  const job = await read(first.body.id)
  expect(job).toMatchObject({ rowsWritten: points, rowsTotal: points, error: null, startedAt: at, finishedAt: at })
  expect(job.expiresAt).toBe(new Date(Date.parse(at) + 24 * hour).toISOString())
  expect((await file(job.id)).rawPayload.length).toBe(job.bytes)
  const { db, commit } = await openTransaction(pool, tenantId, 'single')
  const { rows } = await db.query(
    `select changes from events where tenant_id = $1 and subject_id = $2 and type = 'export_job.finished'`,
    [tenantId, job.id],
  )
  await commit()
  expect(rows).toEqual([{ changes: { status: ['running', 'succeeded'] } }])
})

test.each([
  [{ format: 'csv' }, 'text/csv', 'measurements.csv'],
  [{ format: 'csv', compression: 'gzip' }, 'application/gzip', 'measurements.csv.gz'],
  [{ format: 'ndjson', updatedSince: '2026-01-01T00:00:00+01:00' }, 'application/x-ndjson', 'measurements.ndjson'],
])('the file of %j is what is streamed', async (body, type, name) => {
  const job = await done({ table: 'measurements', ...body })
  expect(job).toMatchObject({ status: 'succeeded', rowsWritten: points })
  const { rawPayload, headers } = await file(job.id)
  expect(headers['content-type']).toContain(type)
  expect(headers['content-disposition']).toContain(`"${name}"`)
  const since = 'updatedSince' in body ? '&updatedSince=2025-12-31T23:00:00Z' : ''
  const streamed = await take(`/v1/exports/measurements?format=${body.format}${since}`)
  const text = 'compression' in body ? gunzipSync(rawPayload) : rawPayload
  expect(text.toString().split('\n').toSorted()).toEqual(streamed.body.split('\n').toSorted())
})

describe('ranges', () => {
  const mib = 1024 * 1024
  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    [`bytes=${mib - 3}-${mib + 3}`, mib - 3, mib + 3],
    ['bytes=-7', -7, -1],
    ['bytes=5-', 5, -1],
    ['bytes=0-999999999999', 0, -1],
  ])('%s', async (range, start, end) => {
    expect(whole.length).toBeGreaterThan(mib + 3)
    const [first, last] = [start, end].map((each) => (each < 0 ? whole.length + each : each)) as [number, number]
    const { statusCode, headers, rawPayload } = await file(big.id, { range })
    expect([statusCode, headers['content-range']]).toEqual([206, `bytes ${first}-${last}/${whole.length}`])
    expect(Number(headers['content-length'])).toBe(rawPayload.length)
    expect(rawPayload.equals(whole.subarray(first, last + 1))).toBe(true)
  })

  test.each(['bytes=0-1,5-6', 'bytes=9-1', 'bytes=-', 'bytes=a-b', 'lines=0-1', 'bytes=1-99999999999999999'])(
    '%s is no range, and all is sent',
    async (range) => {
      const { statusCode, headers } = await file(big.id, { range })
      expect([statusCode, headers['content-length'], headers['content-range']]).toEqual([
        200,
        String(big.bytes),
        undefined,
      ])
    },
  )

  test.each(['bytes=999999999999-', 'bytes=-0'])('%s lies behind the end', async (range) => {
    const answer = await file(big.id, { range })
    expect([answer.statusCode, answer.headers['content-range']]).toEqual([416, `bytes */${big.bytes}`])
    expect(answer.json().code).toBe('range_not_satisfiable')
  })

  test('only of the file the client knows', async () => {
    const { headers } = await file(big.id, undefined, 'HEAD')
    const etag = String(headers['etag'])
    expect(etag).toBe(`"${big.id}"`)
    const range = 'bytes=0-9'
    expect((await file(big.id, { range, 'if-range': etag })).statusCode).toBe(206)
    expect((await file(big.id, { range, 'if-range': '"other"' })).statusCode).toBe(200)
    for (const known of [etag, `W/${etag}`, `"other", W/${etag}`, '*'])
      expect((await file(big.id, { 'if-none-match': known })).statusCode, known).toBe(304)
    expect((await file(big.id, { 'if-none-match': '"other", "another"' })).statusCode).toBe(200)
  })

  test('HEAD tells what GET would', async () => {
    const head = await file(big.id, { range: 'bytes=0-1' }, 'HEAD')
    const { 'content-length': length, 'accept-ranges': ranges, etag } = head.headers
    expect([head.statusCode, length, ranges, head.body]).toEqual([200, String(big.bytes), 'bytes', ''])
    expect(etag).toBe((await file(big.id, { range: 'bytes=0-0' })).headers['etag'])
  })

  test('let a reader of Parquet take what it needs over the network, by Basic', async () => {
    const { id, bytes } = await done({ table: 'measurements', format: 'parquet' })
    const origin = await app.listen({ port: 0 })
    const [, user = '', password = ''] = /^(hw_[0-9a-f]+_[0-9a-f]+)_(.+)$/.exec(world.apiKey) ?? []
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    const url = `${origin}/v1/export-jobs/${id}/file`
    const remote = await asyncBufferFromUrl({ url, requestInit: { headers: { authorization } } })
    expect(remote.byteLength).toBe(bytes)
    const rows = await parquetReadObjects({ file: remote, columns: ['value', 'period'] })
    const series = await call('GET', '/v1/kpis?limit=1')
    const kpiId = series.body.items[0].id
    const { body } = await call('GET', `/v1/kpis/${kpiId}/series?from=2025-01-01&to=2025-12-31&grain=month`)
    for (const { period, value } of body.series[0].points) {
      const sum = rows.reduce((total, row) => total + (row['period'] === period ? Number(row['value']) : 0), 0)
      expect(Math.abs(sum / value - 1)).toBeLessThan(1e-9)
    }
  })
})

test('broken off, it is begun again elsewhere; what is left of the first attempt writes nothing', async () => {
  const { id } = await ask({ table: 'measurements', format: 'ndjson' })
  const stopping = new AbortController()
  stopping.abort()
  await expect(run(id, stopping.signal)).rejects.toThrow('stopping')
  expect(await read(id)).toMatchObject({ status: 'running', startedAt: at })
  const write = async <T>(work: (db: never) => Promise<T>): Promise<T> => {
    const { db, commit } = await openTransaction(pool, tenantId, 'write')
    const result = await work(db as never)
    await commit()
    return result
  }
  const lost = await write((db) => takeJob(db, { tenantId, id }, at))
  await run(id)
  const piece = { number: 99, bytes: Buffer.from('x'), rows: 1, total: 1 }
  expect(await write((db) => addPiece(db, { tenantId, job: lost as never, now: at }, piece))).toBe(false)
  expect(await read(id)).toMatchObject({ status: 'succeeded', bytes: big.bytes, rowsWritten: points })
  expect((await file(id)).rawPayload.length).toBe(big.bytes)
  // The queue tells some of it twice.
  const before = await read(id)
  await run(id)
  expect(await read(id)).toEqual(before)
  expect((await file(id)).statusCode).toBe(200)
})

test('what goes on failing has failed, and says as what', async () => {
  const { id } = await ask({ table: 'measurements' })
  const gone = connectBulk(pool)
  await gone.end()
  for (let attempt = 1; attempt < attempts; attempt++)
    await expect(runExport({ ...options(), streams: gone }, { tenantId, id })).rejects.toThrow()
  await runExport({ ...options(), streams: gone }, { tenantId, id })
  expect(await read(id)).toMatchObject({ status: 'failed', error: 'internal', bytes: 0 })
  const ended = await file(id)
  expect([ended.statusCode, ended.json().code]).toEqual([410, 'export_failed'])
})

test('who asked gets what they may see, others nothing, an administrator all; a key that is gone no file', async () => {
  const names = async (id: string, key: string) => {
    const { body, statusCode } = await file(id, { authorization: `Bearer ${key}` })
    return statusCode === 200
      ? [...body.matchAll(/"title":"(\w+)"/g)].map(([, title = '']) => title).toSorted((a, b) => a.localeCompare(b))
      : statusCode
  }
  const asked = { table: 'objectives', format: 'ndjson' }
  const [viewer, other, machine] = [
    await world.key('viewer'),
    await world.key('viewer'),
    await world.key('integration'),
  ]
  const narrow = await done(asked, world.as(viewer))
  expect(await names(narrow.id, viewer)).toEqual(['Open'])
  expect(await names(narrow.id, other)).toBe(404)
  expect(await names(narrow.id, world.apiKey)).toEqual(['Open'])
  expect((await world.as(other)('GET', '/v1/export-jobs')).body.items).toEqual([])
  const wide = await done(asked, world.as(machine))
  expect(await names(wide.id, machine)).toEqual(['Open', 'Some'])
  const late = await ask(asked, world.as(viewer))
  const { items } = (await call('GET', '/v1/api-keys?limit=100')).body
  expect((await call('DELETE', `/v1/api-keys/${late.createdBy}`)).status, JSON.stringify(items)).toBe(204)
  await run(late.id)
  expect(await read(late.id)).toMatchObject({ status: 'failed', error: 'unauthenticated' })
  expect(await names(narrow.id, viewer)).toBe(401)
})

test('a write that stays open holds back how far a file is whole', async () => {
  const client = await pool.connect()
  const begun = clock.now
  try {
    await client.query('begin')
    await client.query('select pg_current_xact_id()')
    clock.now = new Date(Date.now() + hour)
    const { id, syncedThrough } = await done({ table: 'people', format: 'csv' })
    expect(Date.parse(syncedThrough)).toBeLessThanOrEqual(Date.now() - 30_000)
    // By the clock of the other tests, so that its pieces go with theirs.
    clock.now = begun
    expect((await call('DELETE', `/v1/export-jobs/${id}`)).status).toBe(204)
    clock.now = new Date(begun.getTime() + 1)
    await retired()
  } finally {
    client.release(true)
    clock.now = begun
  }
})

test('deleting ends what is under way and takes the file', async () => {
  const before = await pieces()
  const running = await ask({ table: 'measurements', format: 'ndjson' })
  const ended = run(running.id)
  while ((await read(running.id)).bytes === 0) await sleep(1)
  expect((await read(running.id)).rowsTotal).toBe(points)
  expect((await call('DELETE', `/v1/export-jobs/${running.id}`)).status).toBe(204)
  await ended
  const finished = await done({ table: 'objectives' })
  await leave(finished.id)
  const all = await pieces()
  expect((await call('DELETE', `/v1/export-jobs/${finished.id}`)).status).toBe(204)
  expect((await file(finished.id)).statusCode).toBe(404)
  // A file may be longer than a request can wait for, so it goes later, and in parts.
  expect(await pieces()).toBe(all)
  const begun = clock.now
  clock.now = new Date(begun.getTime() + 1)
  const drops = await dropsOf((watched) => retire({ ...options(), pool: watched }, tenantId))
  clock.now = begun
  expect(Math.max(...drops)).toBe(100)
  expect(await pieces()).toBe(before)
})

test('a file that went since its job was looked for is not there', async () => {
  const { id } = await done({ table: 'objectives' })
  const { db, commit } = await openTransaction(pool, tenantId, 'write')
  await db.query('delete from export_chunks where tenant_id = $1 and job_id = $2', [tenantId, id])
  await commit()
  const { statusCode, headers, json } = await file(id)
  expect([statusCode, json().code, headers['content-disposition']]).toEqual([404, 'not_found', undefined])
})

test('begun again, it first empties the file, in parts', async () => {
  const { id } = await ask({ table: 'objectives', format: 'ndjson' })
  await leave(id)
  const drops = await dropsOf((watched) => runExport({ ...options(), pool: watched }, { tenantId, id }))
  expect(drops).toEqual([100, 100, 50])
  const { status, bytes } = await read(id)
  expect([status, (await file(id)).rawPayload.length]).toEqual(['succeeded', bytes])
})

test('one that would take more room than the organization has fails, and leaves the room to smaller ones', async () => {
  const before = await stored()
  // One piece of the large one fits.
  const mostBytes = before.reduce((sum, bytes) => sum + bytes, 0) + 1024 * 1024 + 1
  const asked = [await ask({ table: 'measurements', format: 'ndjson' }), await ask({ table: 'people' })]
  for (const { id } of asked) await runExport({ ...options(), mostBytes }, { tenantId, id })
  const [large, small] = await Promise.all(asked.map(({ id }) => read(id)))
  expect(large).toMatchObject({ status: 'failed', error: 'export_storage_full', bytes: 0 })
  expect(small).toMatchObject({ status: 'succeeded' })
  expect(await pieces()).toBe(before.length + 1)
})

test('where there is no room left none is asked for', async () => {
  const narrow = await createWorld({ at, exportBytes: 100 })
  const first = await narrow.call('POST', '/v1/export-jobs', { table: 'people' })
  expect(first.status).toBe(201)
  const work = { tenantId: narrow.organizationId, id: first.body.id }
  await runExport(options(), work)
  expect((await narrow.call('GET', `/v1/export-jobs/${work.id}`)).body.bytes).toBeGreaterThan(100)
  const full = await narrow.call('POST', '/v1/export-jobs', { table: 'people' })
  expect([full.status, full.body.code]).toEqual([409, 'export_storage_full'])
  // Another organization has room of its own.
  await ask({ table: 'people' })
})

test('who cannot even empty the file has failed in the end', async () => {
  const { id } = await ask({ table: 'objectives' })
  const connect = async () => {
    const client = await pool.connect()
    const query = (config: { name?: string }, values: never) =>
      client.query((config.name === 'export_job_drop' ? { text: 'select 1 / 0' } : config) as never, values)
    return { query, release: (error?: boolean) => client.release(error) }
  }
  const stuck = () => runExport({ ...options(), pool: { connect } as never }, { tenantId, id })
  for (let attempt = 1; attempt < attempts; attempt++) await expect(stuck()).rejects.toThrow()
  await leave(id)
  await stuck()
  expect(await read(id)).toMatchObject({ status: 'failed', bytes: 0, expiresAt: at })
  // What it left goes by itself.
  const left = await pieces()
  const begun = clock.now
  clock.now = new Date(begun.getTime() + 1)
  await retired()
  clock.now = begun
  expect(await pieces()).toBe(left - 250)
})

test.each([
  [{ table: 'reviews' }, 422],
  [{ table: 'nothing' }, 422],
  [{ table: 'objectives', format: 'parquet', compression: 'gzip' }, 422],
  [{ table: 'objectives', updatedSince: "2026-01-01T00:00:00Z'--" }, 422],
])('%j is refused', async (body, status) => {
  expect((await call('POST', '/v1/export-jobs', body)).status).toBe(status)
})

test('a table out of scope is refused; so are addresses of no file', async () => {
  const reader = world.as(await world.key('viewer', ['directory:read']))
  const refused = await reader('POST', '/v1/export-jobs', { table: 'check_ins' })
  expect([refused.status, refused.body.code]).toEqual([403, 'insufficient_scope'])
  const { id } = await ask({ table: 'people' })
  const early = await file(id)
  expect([early.statusCode, early.json().code]).toEqual([409, 'export_not_ready'])
  expect((await take('/v1/export-jobs/x/file')).statusCode).toBe(422)
  expect((await take(`/v1/export-jobs/${tenantId}/file`)).statusCode).toBe(404)
  const foreign = await createWorld()
  expect((await file(big.id, { authorization: `Bearer ${foreign.apiKey}` })).statusCode).toBe(404)
})

test('only so many are kept, and none for longer than a day', async () => {
  const made = await Promise.all(Array.from({ length: 60 }, () => call('POST', '/v1/export-jobs', { table: 'people' })))
  expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201, 409]))
  const kept = await call('GET', '/v1/export-jobs?status=queued&status=running&status=succeeded&limit=100')
  expect(kept.body.items.length).toBe(50)
  const begun = clock.now
  clock.now = new Date(begun.getTime() + 24 * hour + 1)
  const gone = await file(big.id)
  expect([gone.statusCode, gone.json().code]).toEqual([410, 'export_expired'])
  await retired()
  expect(await pieces()).toBe(0)
  expect((await call('GET', '/v1/export-jobs?status=queued&status=succeeded')).body.items).toEqual([])
  expect((await read(big.id)).status).toBe('expired')
  expect((await file(big.id)).statusCode).toBe(410)
  clock.now = new Date(begun.getTime() + 9 * 24 * hour)
  expect((await retired())['export_jobs']).toBeGreaterThan(50)
  expect((await file(big.id)).statusCode).toBe(404)
})
