import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { buildApp } from '../src/app.ts'
import { connectPool } from '../src/db/pool.ts'
import { copyGoals } from './copies.ts'
import { type Database, openDatabase } from './database.ts'
import { median } from './measure.ts'
import { serve } from './process.ts'
import { record } from './record.ts'
import { seedScale, type World } from './world.ts'

/** How much more a check-in may cost in an organization a thousand times as large, of the same depth and fan-out. */
const atMost = 1.5
const copies = 999
const checkIns = 200

type Organization = World['graphs'][number]
type Cost = { statements: number; rows: number; blocks: number; milliseconds: number }

const adminOf = async ({ adminUrl, appUrl }: Database): Promise<Client> => {
  const url = new URL(adminUrl)
  url.pathname = new URL(appUrl).pathname
  const admin = new Client({ connectionString: url.href })
  await admin.connect()
  return admin
}

/** Rows read and written, and blocks looked at, by all ended connections so far. */
const touched = async (admin: Client): Promise<{ rows: number; blocks: number }> => {
  const { rows } = await admin.query<{ rows: number; blocks: number }>(
    `select sum(coalesce(t.seq_tup_read, 0) + coalesce(t.idx_tup_fetch, 0) + t.n_tup_ins + t.n_tup_upd)::float8 as rows,
       sum(i.heap_blks_hit + i.heap_blks_read + coalesce(i.idx_blks_hit, 0) + coalesce(i.idx_blks_read, 0))::float8 as blocks
     from pg_stat_user_tables t join pg_statio_user_tables i using (relid)`,
  )
  return rows[0] as { rows: number; blocks: number }
}

/** Check-ins one after the other on key results of the first graph, in this process, so that nothing else is counted. */
const measure = async (database: Database, admin: Client, { key, leaves }: Organization): Promise<Cost> => {
  const call = (at: number) => ({
    key,
    method: 'POST' as const,
    url: `/v1/key-results/${leaves[at % leaves.length]?.id}/check-ins`,
    body: { value: ((at * 37) % 89) + 1.5, confidence: 0.5 },
  })
  const statements = (await record(database.appUrl, call(1))).length
  const pool = connectPool({ url: database.appUrl, max: 1 })
  const app = await buildApp({ pool, limits: { rate: null } })
  const ask = async (at: number) => {
    const { method, url, body } = call(at)
    const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, payload: body })
    if (answer.statusCode !== 201) throw new Error(answer.body)
  }
  for (let at = 0; at < 20; at++) await ask(at)
  await sleep(1_500)
  const before = await touched(admin)
  const times: number[] = []
  for (let at = 0; at < checkIns; at++) {
    const from = performance.now()
    await ask(at)
    times.push(performance.now() - from)
  }
  // A connection tells its counts when it ends.
  await app.close()
  await pool.end()
  await sleep(500)
  const after = await touched(admin)
  return {
    statements,
    rows: (after.rows - before.rows) / checkIns,
    blocks: (after.blocks - before.blocks) / checkIns,
    milliseconds: median(times),
  }
}

const database = await openDatabase()
const server = await serve('app.ts', [database.appUrl])
const pool = connectPool({ url: database.appUrl })
const admin = await adminOf(database)
try {
  const small = await seedScale({ url: server.url, pool })
  const large = await seedScale({ url: server.url, pool })
  await copyGoals(admin, large.id, copies)
  await admin.query('vacuum analyze')
  const costs: [Cost, Cost] = [await measure(database, admin, small), await measure(database, admin, large)]
  console.log(
    '| one check-in | 250 objectives | 250,000 | ratio | target | met |\n| --- | --- | --- | --- | --- | --- |',
  )
  for (const what of ['statements', 'rows', 'blocks', 'milliseconds'] as const) {
    const [less, more] = [costs[0][what], costs[1][what]]
    const met = more / less <= atMost
    if (!met) process.exitCode = 1
    const cells = [what, less.toFixed(1), more.toFixed(1), (more / less).toFixed(2), `≤ ${atMost}`, met ? 'yes' : 'no']
    console.log(`| ${cells.join(' | ')} |`)
  }
} finally {
  await admin.end()
  await pool.end()
  await server.stop()
  await database.stop()
}
