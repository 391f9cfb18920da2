import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import type { ImportKpi } from '../../src/modules/measurement-imports/import.kpis.ts'
import { pointReader } from '../../src/modules/measurement-imports/import.point.ts'
import { receiveImport } from '../../src/modules/measurement-imports/import.receive.ts'
import { createWorld } from '../support/app.ts'
import { adminPool, createCensus } from '../support/census.ts'

const { call, app, apiKey, as, key, organizationId } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const other = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const census = await createCensus(organizationId)
const admin = adminPool()

const smoking = readFileSync(new URL('../fixtures/smoking.csv', import.meta.url), 'utf8')
const yearly = { frequency: 'year', unitKind: 'percent', unit: '%', aggregation: 'average', rollup: 'average' }
const kpi = async (code: string, more: object = {}, caller = call) => {
  const answer = await caller('POST', '/v1/kpis', { code, name: code, ...more })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body.id as string
}
const send = (text: string, query = '', headers = {}, caller = call) =>
  caller('POST', `/v1/measurements/import?${query}`, text, { 'content-type': 'text/csv', ...headers })
const csv = (...lines: string[]) => `${lines.join('\n')}\n`

const smokers = await kpi('SMOKING', yearly)
const monthly = await kpi('VISITS', { aggregation: 'sum', rollup: 'sum' })
const ratio = await kpi('ABSENT', { aggregation: 'ratio', rollup: 'ratio', unitKind: 'ratio' })
await kpi('WORKED-OUT', { formula: 'VISITS * 2' })
await kpi('THEIRS', {}, other.call)

const mapping =
  'kpi=SMOKING&periodColumn=Year&valueColumn=Value&unitColumn=Units&noteColumn=Comment&dimensions=Sex&dimensions=Age&dimensions=Country'

test('a file as people keep it: right counts, refused rows by line, and nothing changes the second time', async () => {
  const first = await send(smoking, mapping)
  const { refusals, refusalsByCode, ...counts } = first.body
  expect(counts, JSON.stringify(refusals)).toEqual({
    rows: 197,
    created: 178,
    corrected: 0,
    noted: 0,
    unchanged: 1,
    refused: 18,
    kpis: 1,
  })
  const told = refusals.map(({ line, column, code }: Record<string, unknown>) => [line, column, code])
  expect(told).toEqual([
    [11, 'Value', 'not_a_number'],
    [26, 'Value', 'thousands_separator'],
    [32, 'Value', 'decimal_comma'],
    [48, 'Value', 'not_a_number'],
    [61, 'Value', 'out_of_range'],
    [67, 'Value', 'wrong_measurement'],
    [73, 'Year', 'invalid_period'],
    [81, 'Year', 'no_period'],
    [86, 'Sex', 'formula_cell'],
    [91, 'Country', 'formula_cell'],
    [102, 'Comment', 'formula_cell'],
    [111, 'Units', 'other_unit'],
    [121, 'Year', 'invalid_period'],
    [131, 'Year', 'invalid_period'],
    [141, null, 'wrong_number_of_cells'],
    [151, null, 'wrong_number_of_cells'],
    [156, 'Value', 'not_a_number'],
    [197, null, 'duplicate_point'],
  ])
  expect(refusalsByCode.formula_cell).toBe(3)

  const before = await census()
  const again = await send(smoking, mapping)
  expect(again.body).toMatchObject({ created: 0, corrected: 0, unchanged: 179, refused: 18, kpis: 0 })
  const { audit_log: _one, ...stored } = before
  expect(await census()).toMatchObject(stored)
})

test('the series of what was imported, grouped by a dimension', async () => {
  const { body } = await call(
    'GET',
    `/v1/kpis/${smokers}/series?from=2003-01-01&to=2025-12-31&grain=year&groupBy=Country&dimensions=Sex:Female`,
  )
  const valueOf = (country: string, period: string) =>
    body.series
      .find(({ dimensions }: { dimensions: { Country: string } }) => dimensions.Country === country)
      .points.find((point: { period: string }) => point.period === period).value
  expect(body.series.length).toBe(4)
  expect(valueOf('Austria', '2006')).toBe(30)
  expect(valueOf('Côte d’Ivoire', '2010')).toBe(25)
  expect(valueOf('Korea, Republic of', '2024')).toBe(15)
  // The fiscal year 2011-12 belongs to 2012.
  expect(valueOf('Kenya', '2012')).toBe(18.5)
  expect(valueOf('Kenya', '2006')).toBe(null)
  const total = await call('GET', `/v1/measurements?kpiId=${smokers}&limit=100&sort=periodStart`)
  const span = total.body.items.find(({ spanStart }: { spanStart: string | null }) => spanStart === '2003-01-01')
  expect(span).toMatchObject({
    period: '2003-2005',
    periodStart: '2005-01-01',
    note: 'three surveys',
    source: 'import',
  })
})

test('a span of years and the year it ends in never overwrite each other', async () => {
  const yearly = await kpi('SURVEY', { frequency: 'year' })
  const head = 'kpiCode,period,value'
  const inFile = await send(csv(head, 'SURVEY,2003-2005,10', 'SURVEY,2005,10', 'SURVEY,2010,7'))
  expect(inFile.body).toMatchObject({ created: 2, refused: 1, refusalsByCode: { duplicate_point: 1 } })
  const later = await send(csv(head, 'SURVEY,2005,20', 'SURVEY,2010,8'))
  expect(later.body).toMatchObject({ created: 0, corrected: 1, refused: 1, refusalsByCode: { span_conflict: 1 } })
  expect(later.body.refusals[0]).toMatchObject({ line: 2, message: expect.stringContaining('2003-2005') })
  const same = await send(csv(head, 'SURVEY,2003-05,11'))
  expect(same.body).toMatchObject({ corrected: 1, refused: 0 })
  const whole = await send(csv(head, 'SURVEY,2011,1', 'SURVEY,2005,20'), 'atomic=true')
  expect([whole.status, whole.body.code, whole.body.errors[0].pointer]).toEqual([422, 'import_refused', '/lines/3'])

  const items = [
    { kpiCode: 'SURVEY', period: '2009', value: 1 },
    { kpiCode: 'SURVEY', period: '2008-2010', value: 1 },
  ]
  const batch = await call('POST', '/v1/measurements/batch', { items })
  expect([batch.status, batch.body.code, batch.body.errors[0].pointer]).toEqual([
    409,
    'span_conflict',
    '/items/1/period',
  ])
  const { body } = await call('GET', `/v1/kpis/${yearly}/measurements?sort=periodStart`)
  expect(body.items.map(({ period, value }: any) => [period, value])).toEqual([
    ['2003-2005', 11],
    ['2010', 8],
  ])
  await call('DELETE', `/v1/measurements/${body.items[0].id}`)
  const year = await call('POST', `/v1/kpis/${yearly}/measurements`, { period: '2005', value: 20 })
  expect([year.status, year.body.spanStart]).toEqual([201, null])
})

test('a correction keeps the old value, and key results and judgements follow', async () => {
  const text = csv('kpiCode,period,value', 'VISITS,2026-03,10', 'VISITS,2026-04,20')
  expect((await send(text)).body).toMatchObject({ created: 2, refused: 0 })
  const corrected = await send(csv('kpiCode,period,value', 'VISITS,2026-03,10', 'VISITS,2026-04,25'))
  expect(corrected.body).toMatchObject({ created: 0, corrected: 1, unchanged: 1 })
  expect((await call('GET', `/v1/kpis/${monthly}`)).body.value).toBe(25)
})

test('another note of a known value is stored beside it, and is no correction', async () => {
  const noted = await kpi('NOTED')
  const at = `/v1/kpis/${noted}/measurements`
  const head = 'kpiCode,period,value,note'
  const current = async () =>
    (await call('GET', `${at}?sort=periodStart`)).body.items.map(({ id, value, note }: any) => ({ id, value, note }))
  const versions = async () => (await call('GET', `${at}/history?period=2026-01`)).body.items.length
  await send(csv(head, 'NOTED,2026-01,1,first', 'NOTED,2026-02,2,'))
  const before = await current()

  const again = await send(csv(head, 'NOTED,2026-01,1,second', 'NOTED,2026-02,2,'))
  expect(again.body).toMatchObject({ created: 0, corrected: 0, noted: 1, unchanged: 1, kpis: 0 })
  expect(await current()).toEqual([{ ...before[0], note: 'second' }, before[1]])
  const own = `/v1/measurements/${before[0].id}`
  const { createdAt, updatedAt } = (await call('GET', own)).body
  expect(updatedAt > createdAt).toBe(true)
  // A reader who knows the first note is told of the second, and takes back nothing else than what was read.
  const seen = await call('GET', own, undefined, { 'if-none-match': '"1"' })
  expect([seen.status, seen.headers['etag'], seen.body.version, seen.body.note]).toEqual([200, '"2"', 2, 'second'])
  expect((await call('GET', own, undefined, { 'if-none-match': '"2"' })).status).toBe(304)
  expect((await call('DELETE', own, undefined, { 'if-match': '"1"' })).body.code).toBe('precondition_failed')
  // Nothing was said against it.
  const without = await send(csv('kpiCode,period,value', 'NOTED,2026-01,1', 'NOTED,2026-02,2'))
  expect(without.body).toMatchObject({ corrected: 0, noted: 0, unchanged: 2 })

  const one = await call('POST', at, { period: '2026-01', value: 1, note: 'third' })
  expect([one.status, one.body.id, one.body.note]).toEqual([201, before[0].id, 'third'])
  const items = [
    { kpiCode: 'NOTED', period: '2026-01', value: 1, note: 'fourth' },
    { kpiCode: 'NOTED', period: '2026-02', value: 2 },
  ]
  const batch = await call('POST', '/v1/measurements/batch', { items })
  expect(batch.body.items.map(({ outcome, id }: any) => [outcome, id])).toEqual([
    ['updated', before[0].id],
    ['unchanged', before[1].id],
  ])
  expect(await current()).toEqual([{ ...before[0], note: 'fourth' }, before[1]])
  expect((await call('GET', own)).body.version).toBe(4)
  expect(await versions()).toBe(1)

  const both = await send(csv(head, 'NOTED,2026-03,3,one', 'NOTED,2026-03,3,', 'NOTED,2026-03,3,other'))
  expect(both.body).toMatchObject({ created: 1, unchanged: 1, refused: 1, refusalsByCode: { duplicate_point: 1 } })
  // The first note there is stands, whichever line says it; what is refused has no say.
  const lines = [
    'NOTED,2026-04,4,',
    'NOTED,2026-04,9,of another value',
    'NOTED,2026-04,4,x',
    'NOTED,2026-04,4,y',
    'NOTED,2026-04,4,x',
  ]
  const late = await send(csv(head, ...lines))
  expect(late.body).toMatchObject({ created: 1, noted: 0, unchanged: 2, refused: 2 })
  expect(late.body.refusals.map(({ line, message }: any) => [line, message])).toEqual([
    [3, 'Line 2 says otherwise of the same period'],
    [5, 'Line 4 says otherwise of the same period'],
  ])
  expect((await current()).at(-1)).toMatchObject({ value: 4, note: 'x' })
  // The note was of the value it stood beside.
  const corrected = await call('POST', at, { period: '2026-01', value: 5 })
  expect([corrected.body.note, corrected.body.version, await versions()]).toEqual([null, 1, 2])
  expect((await call('DELETE', `/v1/measurements/${corrected.body.id}`, undefined, { 'if-match': '"1"' })).status).toBe(
    204,
  )
})

test('atomic: one refused row refuses the whole file; a dry run writes nothing and answers the same', async () => {
  const text = csv('kpiCode,period,value,dimensions.region', 'VISITS,2025-03,10,EMEA', 'VISITS,2025-04,x,EMEA')
  const before = await census()
  const refused = await send(text, 'atomic=true')
  expect([refused.status, refused.body.code]).toEqual([422, 'import_refused'])
  expect(refused.body.errors).toEqual([{ pointer: '/lines/3/value', code: 'not_a_number', message: 'Not a number' }])
  const dry = await send(text, 'validateOnly=true')
  expect(await census()).toEqual(before)
  expect((await send(text)).body).toEqual(dry.body)
})

test('a retry with the same key gets the same answer; another file under it is refused', async () => {
  const headers = { 'idempotency-key': 'import 1' }
  const text = csv('kpiCode,period,value', 'VISITS,2024-03,10')
  const first = await send(text, '', headers)
  const retry = await send(text, '', headers)
  expect(retry.body).toEqual(first.body)
  expect(retry.headers['idempotency-replayed']).toBe('true')
  expect((await send(csv('kpiCode,period,value', 'VISITS,2024-03,11'), '', headers)).body.code).toBe(
    'idempotency_key_reused',
  )
})

test('NDJSON, gzip, semicolons, ratios', async () => {
  const lines = [
    { kpiCode: 'ABSENT', period: '2026-01', numerator: 3, denominator: 60, dimensions: { region: 'EMEA' } },
    { kpiCode: 'ABSENT', period: '2026-02', numerator: 3 },
    { kpiCode: 'ABSENT', period: '2026-03', value: 3 },
    { kpiCode: 'ABSENT', period: '2026-04', numerator: 1, denominator: 0 },
    ['x'],
  ]
  const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"kpiCode":"A","kpiCode":"B"}\n{"value":1e400}\nnope\n`
  const { body } = await send(text, '', { 'content-type': 'application/x-ndjson' })
  expect(body.refusals.map(({ line, code }: Record<string, unknown>) => [line, code])).toEqual([
    [2, 'wrong_measurement'],
    [3, 'wrong_measurement'],
    [5, 'not_an_object'],
    [6, 'duplicate_member'],
    [7, 'number_not_finite'],
    [8, 'syntax'],
  ])
  expect(body.created).toBe(2)
  const page = await call('GET', `/v1/measurements?kpiId=${ratio}`)
  expect(page.body.items.map(({ value }: { value: number }) => value).toSorted()).toEqual([0.05, null])

  const zipped = await app.inject({
    method: 'POST',
    url: '/v1/measurements/import?delimiter=semicolon',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv', 'content-encoding': 'gzip' },
    payload: gzipSync(csv('kpiCode;period;value', 'VISITS;2023-03;10')),
  })
  expect(zipped.json()).toMatchObject({ created: 1, refused: 0 })
})

test('who may: a KPI of another organization is none, a viewer may not, and a worked out KPI is not measured', async () => {
  const header = 'kpiCode,period,value'
  const rows = csv(header, 'THEIRS,2026-03,1', 'NOBODYS,2026-03,1', 'WORKED-OUT,2026-03,1', ',2026-03,1')
  const { body } = await send(rows)
  expect(body.refusals.map(({ code }: { code: string }) => code)).toEqual([
    'unknown_kpi',
    'unknown_kpi',
    'wrong_measurement',
    'unknown_kpi',
  ])
  expect((await send(rows, 'kpi=THEIRS')).body.code).toBe('reference_not_found')
  const viewer = as(await key('viewer', ['kpi:read', 'kpi:write']))
  expect((await send(csv(header, 'VISITS,2026-03,1'), '', {}, viewer)).body.refusals[0].code).toBe('forbidden')
  expect((await send(csv(header, 'VISITS,2026-03,1'), 'kpi=VISITS', {}, viewer)).status).toBe(403)
  const reader = as(await key('integration', ['kpi:read']))
  expect((await send(csv(header, 'VISITS,2026-03,1'), '', {}, reader)).body.code).toBe('insufficient_scope')
})

const listening = app.listen({ port: 0, host: '127.0.0.1' })
const raw = (payload: Buffer | string, headers = {}) =>
  app.inject({
    method: 'POST',
    url: '/v1/measurements/import?kpi=VISITS',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv', ...headers },
    payload,
  })
const table = 'period,value\n2026-01,1\n'

test.each([
  ['nothing', '', 'empty'],
  ['an endless line', `period,value\n2026-01,"${'x'.repeat(200_000)}`, 'record_too_long'],
  ['binary', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 9]), 'not_text'],
  ['UTF-16', Buffer.from(`\ufeff${table}`, 'utf16le'), 'not_text'],
  ['latin1', Buffer.from('period,value,note\n2026-01,1,caf\xe9\n', 'latin1'), 'not_utf8'],
  ['10,000 columns', `${Array.from({ length: 10_000 }, (_, at) => `c${at}`).join()}\n`, 'too_many_columns'],
  ['10,000 narrow columns', `${','.repeat(9_999)}\n`, 'too_many_columns'],
  ['a header twice', 'period,value,value\n2026-01,1,2\n', 'duplicate_column'],
  ['a name objects lose', 'period,value,dimensions.__proto__\n2026-01,1,EMEA\n', 'forbidden_member'],
  ['no period', 'when,value\n2026-01,1\n', 'column_not_found'],
  ['what is no gzip', table, 'not_gzip', { 'content-encoding': 'gzip' }],
  ['a gzip cut short', gzipSync(table.repeat(999)).subarray(0, 40), 'not_gzip', { 'content-encoding': 'gzip' }],
  ['a gzip bomb', gzipSync(Buffer.alloc(50_000_000, 'a')), 'record_too_long', { 'content-encoding': 'gzip' }],
] as [string, Buffer | string, string, Record<string, string>?][])(
  '%s is refused, and leaves nothing behind',
  async (_what, payload, code, headers = {}) => {
    const before = await census()
    const answer = await raw(payload, headers)
    expect(answer.statusCode, answer.body).toBe(422)
    const found = answer.json().errors.map((fault: { code: string }) => fault.code)
    expect(
      found.includes(code) || (code === 'too_many_columns' && found.includes('record_too_long')),
      answer.body,
    ).toBe(true)
    expect(await census()).toEqual(before)
  },
)

test('other media types and encodings are refused', async () => {
  for (const headers of [
    { 'content-type': 'application/json' },
    { 'content-type': 'text/plain' },
    { 'content-encoding': 'br' },
  ])
    expect((await raw(table, headers)).statusCode).toBe(415)
})

test('who is refused midway hears why, though most of the body is still to come', async () => {
  const url = await listening
  for (const [headers, squeeze] of [
    [{}, (b: Buffer) => b],
    [{ 'content-encoding': 'gzip' }, gzipSync],
  ] as const) {
    const lines = Buffer.from(`period,value\n2026-01,caf\xe9\n${'2026-01,1\n'.repeat(1_000_000)}`, 'latin1')
    const answer = await fetch(`${url}/v1/measurements/import?kpi=VISITS`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv', ...headers },
      body: new Uint8Array(squeeze(lines)),
    })
    expect(await answer.json()).toMatchObject({ code: 'unreadable_file', errors: [{ code: 'not_utf8' }] })
  }
})

test('a sender who goes away midway leaves nothing, and nothing staged', { timeout: 30_000 }, async () => {
  const staged = async () =>
    (await admin.query('select count(*)::int as n from measurement_staging where tenant_id = $1', [organizationId]))
      .rows[0].n
  const before = await census()
  const url = await listening
  const leaving = new AbortController()
  const body = (async function* () {
    yield Buffer.from('period,value\n')
    // More than a portion, so that some of it is staged.
    for (let year = 1900; year < 2020; year++)
      for (let month = 1; month <= 12; month++)
        yield Buffer.from(`${year}-${String(month).padStart(2, '0')},1\n`.repeat(20))
    await expect.poll(staged).toBeGreaterThan(0)
    leaving.abort()
    await new Promise(() => {})
  })()
  const request = fetch(`${url}/v1/measurements/import?kpi=VISITS`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' },
    body,
    duplex: 'half',
    signal: leaving.signal,
  } as unknown as RequestInit)
  await expect(request).rejects.toThrow()
  await expect.poll(staged).toBe(0)
  expect(await census()).toEqual(before)
})

test('more text than an import holds is refused as soon as it is announced', async () => {
  const { status, body } = await send('Year,Value\n', mapping, { 'content-length': String(600 * 1024 ** 2) })
  expect([status, body.code]).toEqual([413, 'body_too_large'])
})

test('what was received waits for a KPI that somebody else holds, longer than other writes do', async () => {
  const holder = await admin.connect()
  // Since when a transaction waits for what the holder has: another one, after it gave up and began again.
  const waitsSince = async (xid: string): Promise<string | undefined> => {
    const { rows } = await admin.query(
      `select xact_start::text as since from pg_locks join pg_stat_activity using (pid)
       where not granted and transactionid = $1::xid`,
      [xid],
    )
    return rows[0]?.since
  }
  try {
    await holder.query('begin')
    await holder.query('select from kpis where id = $1 for update', [monthly])
    const { rows } = await holder.query('select pg_current_xact_id()::xid::text as xid')
    const sent = send(csv('period,value', '2025-03,7'), 'kpi=VISITS')
    const first = await vi.waitFor(
      async () => {
        const since = await waitsSince(rows[0].xid)
        expect(since).toBeDefined()
        return since
      },
      { timeout: 5_000 },
    )
    await expect.poll(async () => (await waitsSince(rows[0].xid)) ?? first, { timeout: 8_000 }).not.toBe(first)
    await holder.query('rollback')
    expect((await sent).body).toMatchObject({ created: 1, refused: 0 })
  } finally {
    holder.release()
  }
})

test('periods are remembered once for all KPIs of a frequency, and a refusal names its own KPI', () => {
  const kpiOf = (code: string, frequency: string) =>
    ({ id: code, code, frequency, aggregation: 'sum', formula: null, unit: null }) as ImportKpi
  const kpis = new Map([kpiOf('A', 'month'), kpiOf('B', 'month'), kpiOf('C', 'day')].map((each) => [each.code, each]))
  const judge = pointReader({ kpis, calendar: { weekStart: 1, fiscalYearStartMonth: 1 } as never, today: '2026-06-01' })
  const none = { numerator: null, denominator: null, note: null, unit: null, dimensions: [] }
  const read = (code: string, period: string) => judge({ ...none, kpi: code, period, value: 1 }) as any
  const { period } = read('A', '2026-05')
  expect(period.label).toBe('2026-05')
  expect(read('B', ' 2026-05').period).toBe(period)
  expect(read('C', '2026-05').message).toBe('C is measured every day, not every month')
  expect(['A', 'B'].map((code) => read(code, '2026-Q1').message)).toEqual([
    'A is measured every month, not every quarter',
    'B is measured every month, not every quarter',
  ])
})

test('why a file is refused is heard even when what was staged cannot be cleared', async () => {
  const query = vi.fn(() => Promise.reject(new Error('Connection terminated')))
  const read = () => Promise.resolve({ kpis: new Map(), calendar: {}, today: '2026-06-01' })
  const input = { delimiter: 'comma', input: { stream: Readable.from([]), mediaType: 'text/csv' } }
  const refused = receiveImport({ bulk: { query }, tenantId: organizationId, read } as never, input as never)
  await expect(refused).rejects.toMatchObject({ code: 'unreadable_file', errors: [{ code: 'empty' }] })
  expect(query).toHaveBeenCalled()
})
