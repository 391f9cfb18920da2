import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type { Client } from 'pg'
import { v7 } from 'uuid'
import { direct } from '../src/db/direct.ts'
import { connectPool } from '../src/db/pool.ts'
import { createOrganization } from '../src/modules/organization/organization.create.ts'
import { asAdmin, openDatabase } from './database.ts'
import { median } from './measure.ts'
import { serve } from './process.ts'

// Rows a second of an import beside those of a plain COPY, by the server from a file, of the same rows with all their
// columns into the same table. The rows are months of 20 years, six members of two dimensions and some countries.
const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '200000' }, rounds: { type: 'string', default: '3' } },
})
const rows = Number(options.rows)
const target = 0.4
const months = 240

const periodOf = (at: number) => {
  const month = at % months
  const [year, number] = [2006 + Math.floor(month / 12), (month % 12) + 1]
  const label = `${year}-${String(number).padStart(2, '0')}`
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate()
  return { label, first: `${label}-01`, last: `${label}-${last}` }
}
const seriesOf = (at: number): number => Math.floor(at / months)
const valueOf = (at: number): number => ((at * 7919) % 100_000) / 100
const members = (series: number) => [['F', 'M'][series % 2], ['0-14', '15-64', '65+'][series % 3], `C${series}`]

const csvFile = async (folder: string): Promise<string> => {
  const lines = Array.from({ length: rows }, (_, at) =>
    [periodOf(at).label, valueOf(at), ...members(seriesOf(at))].join(),
  )
  const file = path.join(folder, 'import.csv')
  await writeFile(file, `Year,Value,Sex,Age,Country\n${lines.join('\n')}\n`)
  return file
}

const tenantWithKpi = async (url: string, pool: ReturnType<typeof connectPool>) => {
  const { organizationId, apiKey } = await createOrganization(pool, { name: 'Import' }, new Date())
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ code: 'VISITS', name: 'Visits', aggregation: 'sum', rollup: 'sum' })
  const answer = await fetch(`${url}/v1/kpis`, { method: 'POST', headers, body })
  return { tenantId: organizationId, apiKey, kpiId: ((await answer.json()) as { id: string }).id }
}

/** Seconds of one import, from the first byte sent to the answer. */
const importOnce = async (url: string, apiKey: string, file: string): Promise<number> => {
  const query = 'kpi=VISITS&periodColumn=Year&valueColumn=Value&dimensions=Sex&dimensions=Age&dimensions=Country'
  const began = performance.now()
  const sending = request(`${url}/v1/measurements/import?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' },
  })
  const answered = once(sending, 'response')
  await pipeline(createReadStream(file), sending)
  const report = (await json((await answered)[0])) as { created?: number }
  if (report.created !== rows) throw new Error(`imported otherwise: ${JSON.stringify(report).slice(0, 500)}`)
  return (performance.now() - began) / 1_000
}

/** Seconds until all that was imported a moment ago is answered by year, while Postgres has no statistics of it. */
const readOnce = async (url: string, { apiKey, kpiId }: { apiKey: string; kpiId: string }): Promise<number> => {
  const began = performance.now()
  const answer = await fetch(`${url}/v1/kpis/${kpiId}/series?from=2006-01-01&to=2025-12-31&grain=year`, {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  if (!answer.ok) throw new Error(`read after the import: ${answer.status} ${await answer.text()}`)
  return (performance.now() - began) / 1_000
}

/** Seconds of the COPY alone: its file is made before. */
const copyOnce = async (admin: Client, folder: string, { tenantId, kpiId }: { tenantId: string; kpiId: string }) => {
  const ids = Array.from({ length: seriesOf(rows) + 1 }, () => v7())
  const file = path.join(folder, 'copy.tsv')
  const at = new Date().toISOString()
  const lines = Array.from({ length: rows }, (_, row) => {
    const { label, first, last } = periodOf(row)
    return [
      tenantId,
      v7(),
      kpiId,
      ids[seriesOf(row)],
      label,
      'month',
      first,
      last,
      valueOf(row),
      'copy',
      kpiId,
      at,
      at,
    ].join('\t')
  })
  await writeFile(file, `${lines.join('\n')}\n`)
  await chmod(file, 0o644)
  const began = performance.now()
  await admin.query(`copy measurements (tenant_id, id, kpi_id, series_id, period, grain, period_start, period_end, value,
    source, author_id, created_at, updated_at) from '${file}'`)
  return (performance.now() - began) / 1_000
}

const database = await openDatabase()
const folder = await mkdtemp(path.join(tmpdir(), 'headway-import-'))
await chmod(folder, 0o755)
const pool = connectPool({ url: database.appUrl })
const app = await serve('app.ts', [database.appUrl])
try {
  const file = await csvFile(folder)
  const ratios: number[] = []
  await direct(asAdmin(database), async (admin) => {
    for (let round = 0; round <= Number(options.rounds); round++) {
      const tenant = await tenantWithKpi(app.url, pool)
      const imported = await importOnce(app.url, tenant.apiKey, file)
      const read = await readOnce(app.url, tenant)
      const copied = await copyOnce(admin, folder, await tenantWithKpi(app.url, pool))
      const speed = (seconds: number) => `${Math.round(rows / seconds).toLocaleString('en')}/s`
      console.log(
        `import ${speed(imported)}, COPY ${speed(copied)}, ${(copied / imported).toFixed(2)}; all of it read in ${read.toFixed(2)} s${round === 0 ? ' (warms up)' : ''}`,
      )
      if (round > 0) ratios.push(copied / imported)
    }
  })
  const met = median(ratios) >= target
  console.log(
    `${rows.toLocaleString('en')} rows: ${median(ratios).toFixed(2)} of plain COPY, target ${target}: ${met ? 'met' : 'missed'}`,
  )
  if (!met) process.exitCode = 1
} finally {
  await app.stop()
  await pool.end()
  await rm(folder, { recursive: true, force: true })
  await database.stop()
}
