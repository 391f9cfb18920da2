import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { direct } from '../src/db/direct.ts'
import { connectPool } from '../src/db/pool.ts'
import { createOrganization } from '../src/modules/organization/organization.create.ts'
import { asAdmin, openDatabase } from './database.ts'
import { median } from './measure.ts'
import { serve } from './process.ts'

// Rows a second of exports beside COPY … TO STDOUT of the same view by the bare driver, in the same run, as the same role;
// and how far the memory of the server grows meanwhile. The rows are months of 20 years in members of one dimension.
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
})
const rows = Number(options.rows)
const months = 240
const formats = ['csv', 'ndjson', 'parquet'] as const
const target = 0.5
const mostMegabytes = 100

const seed = async (admin: Client, tenantId: string, kpiId: string): Promise<void> => {
  await admin.query(
    `insert into kpi_series (tenant_id, id, kpi_id, dimensions, key, created_at)
     select $1, gen_random_uuid(), $2, jsonb_build_object('country', 'C' || n), '{"country":"C' || n || '"}', now()
     from generate_series(1, $3::int) n`,
    [tenantId, kpiId, Math.ceil(rows / months)],
  )
  await admin.query(
    `insert into measurements (tenant_id, id, kpi_id, series_id, period, grain, period_start, period_end, value, source,
       author_id, created_at, updated_at)
     select $1, gen_random_uuid(), $2, s.id, to_char(m, 'YYYY-MM'), 'month', m, m + interval '1 month - 1 day',
       random() * 1000, 'copy', $2, now(), now()
     from kpi_series s cross join generate_series('2006-01-01'::date, '2025-12-01', '1 month') m
     where s.tenant_id = $1 limit $3::int`,
    [tenantId, kpiId, rows],
  )
  await admin.query('vacuum analyze')
}

const counting = () => {
  let bytes = 0
  const sink = new Writable({ write: (part: Buffer, _encoding, done) => ((bytes += part.length), done()) })
  return { sink, bytes: () => bytes }
}

/** Seconds of one COPY by the driver alone. */
const copyOnce = (appUrl: string, tenantId: string): Promise<number> =>
  direct(appUrl, async (client) => {
    await client.query(`set app.tenant = '${tenantId}'; set timezone = 'UTC'; set jit = off`)
    const began = performance.now()
    const copying = client.query(copyTo('copy (select * from bi.measurements) to stdout with (format csv, header)'))
    await pipeline(copying, counting().sink)
    return (performance.now() - began) / 1_000
  })

/** Seconds of one export, from the request to the last byte, and the most megabytes the server grew by. */
const exportOnce = async (app: { url: string; pid: number }, apiKey: string, format: string) => {
  const before = await residentOf(app.pid)
  let most = before
  const sampling = setInterval(() => void residentOf(app.pid).then((now) => (most = Math.max(most, now))), 25)
  const began = performance.now()
  const asking = get(`${app.url}/v1/exports/measurements?format=${format}`, {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  if (answer.statusCode !== 200) throw new Error(`refused: ${answer.statusCode}`)
  const { sink, bytes } = counting()
  await pipeline(answer, sink)
  const seconds = (performance.now() - began) / 1_000
  clearInterval(sampling)
  return { seconds, bytes: bytes(), grown: most - before }
}

/** Megabytes the process holds in memory (Linux). */
const residentOf = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024

const database = await openDatabase()
const pool = connectPool({ url: database.appUrl })
const app = await serve('app.ts', [database.appUrl])
try {
  const { organizationId, apiKey } = await createOrganization(pool, { name: 'Export' }, new Date())
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ code: 'VISITS', name: 'Visits', aggregation: 'sum', rollup: 'sum' })
  const { id } = (await (await fetch(`${app.url}/v1/kpis`, { method: 'POST', headers, body })).json()) as { id: string }
  await direct(asAdmin(database), (admin) => seed(admin, organizationId, id))
  const speed = (seconds: number) => `${Math.round(rows / seconds).toLocaleString('en')}/s`
  for (const format of formats.filter((each) => options.only === undefined || options.only.split(',').includes(each))) {
    const ratios: number[] = []
    let grown = 0
    for (let round = 0; round <= Number(options.rounds); round++) {
      const exported = await exportOnce(app, apiKey, format)
      const copied = await copyOnce(database.appUrl, organizationId)
      grown = Math.max(grown, exported.grown)
      if (round > 0) ratios.push(copied / exported.seconds)
      console.log(
        `${format} ${speed(exported.seconds)}, COPY ${speed(copied)}, ${(copied / exported.seconds).toFixed(2)}, ${Math.round(exported.bytes / 1e6)} MB, server +${Math.round(exported.grown)} MB${round === 0 ? ' (warms up)' : ''}`,
      )
    }
    const met = grown < mostMegabytes && (format !== 'csv' || median(ratios) >= target)
    console.log(
      `${format}: ${median(ratios).toFixed(2)} of plain COPY${format === 'csv' ? `, target ${target}` : ''}; server +${Math.round(grown)} MB, target ${mostMegabytes}: ${met ? 'met' : 'missed'}`,
    )
    if (!met) process.exitCode = 1
  }
} finally {
  await app.stop()
  await pool.end()
  await database.stop()
}
