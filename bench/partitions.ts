import { parseArgs } from 'node:util'
import { Client, escapeLiteral } from 'pg'
import { direct } from '../src/db/direct.ts'
import { connectPool } from '../src/db/pool.ts'
import { createOrganization } from '../src/modules/organization/organization.create.ts'
import { asAdmin, openDatabase } from './database.ts'
import { serve } from './process.ts'
import { record } from './record.ts'

// What Postgres reads for a year's monthly series of one KPI among many measurements: the plan of each statement of the
// app that reads them, as the serving role and with the plan the app gets. It fails when another
// year's partition is read, but for the days of the week in which the year begins.
const { values: options } = parseArgs({ options: { measurements: { type: 'string', default: '10000000' } } })
const kpis = 20
const days = 20 * 365
const seriesEach = Math.max(1, Math.round(Number(options.measurements) / kpis / days))
const year = 2024
const daysOfWeekBefore = 6

const fillText = `
  with made as (
    insert into kpi_series (tenant_id, id, kpi_id, dimensions, key, created_at)
    select $1, gen_random_uuid(), $2, jsonb_build_object('site', 'S' || n), '{"site":"S' || n || '"}', now()
    from generate_series(1, $3::int) n returning id
  )
  insert into measurements (tenant_id, id, kpi_id, series_id, period, grain, period_start, period_end, value, source, author_id,
    created_at, updated_at)
  select $1, gen_random_uuid(), $2, made.id, d::text, 'day', d, d, extract(doy from d), 'bench', $2, now(), now()
  from made, (select '2006-01-01'::date + n as d from generate_series(0, $4::int - 1) n) days`

const literalOf = (value: string | number | string[] | null | undefined): string => {
  if (value === null || value === undefined) return 'null'
  return escapeLiteral(Array.isArray(value) ? `{${value.map((each) => `"${each}"`).join()}}` : String(value))
}

const database = await openDatabase()
const pool = connectPool({ url: database.appUrl })
const app = await serve('app.ts', [database.appUrl])
try {
  const { organizationId, apiKey } = await createOrganization(pool, { name: 'Plans' }, new Date())
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  const kpiIds: string[] = []
  for (let at = 0; at < kpis; at++) {
    const body = JSON.stringify({
      code: `KPI ${at}`,
      name: `KPI ${at}`,
      frequency: 'day',
      aggregation: 'sum',
      rollup: 'sum',
    })
    const answer = await fetch(`${app.url}/v1/kpis`, { method: 'POST', headers, body })
    kpiIds.push(((await answer.json()) as { id: string }).id)
  }
  await direct(asAdmin(database), async (admin) => {
    for (const kpiId of kpiIds) await admin.query(fillText, [organizationId, kpiId, seriesEach, days])
    await admin.query('vacuum analyze')
    const { rows } = await admin.query('select count(*)::int as count from measurements')
    console.log(
      `${Number(rows[0].count).toLocaleString('en')} measurements of ${kpis} KPIs in ${kpis * seriesEach} series`,
    )
  })
  const url = `/v1/kpis/${kpiIds[7]}/series?from=${year}-01-01&to=${year}-12-31&grain=month`
  const sent = (await record(database.appUrl, { key: apiKey, method: 'GET', url })).filter(({ text }) =>
    /\bmeasurements m\b/.test(text),
  )
  if (sent.length === 0) throw new Error('no statement that reads measurements was sent')
  const reader = new Client({
    connectionString: database.appUrl,
    options: '-c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan',
  })
  await reader.connect()
  await reader.query(`begin read only; set local app.tenant = '${organizationId}'`)
  for (const [at, { text, values }] of sent.entries()) {
    await reader.query(`prepare sent_${at} as ${text}`)
    const { rows } = await reader.query(
      `explain (analyze, buffers) execute sent_${at} (${(values as Parameters<typeof literalOf>[0][]).map(literalOf).join(', ')})`,
    )
    const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n')
    console.log(plan)
    // A partition that was passed over says `never executed`, or is not there at all.
    const read = plan.split('\n').flatMap((line) => {
      const [, name] = /on (measurements_(?:\d{4}|other)) /.exec(line) ?? []
      const [, rows = '0', loops = '0'] = /actual .*rows=([\d.]+) loops=(\d+)/.exec(line) ?? []
      return name && !line.includes('never executed') ? [{ name, perSeries: Number(rows), loops: Number(loops) }] : []
    })
    // The week in which the year begins may have been measured as a whole: its days in the year before are looked at.
    const others = read.filter(({ name, perSeries }) => {
      if (name === `measurements_${year}`) return false
      return name !== `measurements_${year - 1}` || perSeries > daysOfWeekBefore
    })
    for (const { name, perSeries, loops } of read) console.log(`${name}: ${perSeries} rows of each of ${loops} series`)
    if (others.length > 0) process.exitCode = 1
  }
  await reader.end()
} finally {
  await app.stop()
  await pool.end()
  await database.stop()
}
