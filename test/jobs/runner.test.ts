import { randomBytes } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterAll, expect, inject, test } from 'vitest'
import { direct } from '../../src/db/direct.ts'
import { jobSchema } from '../../src/db/job-schema.ts'
import { connectPool } from '../../src/db/pool.ts'
import type { Job } from '../../src/jobs/job.ts'
import { openQueue } from '../../src/jobs/queue.ts'
import { startJobs } from '../../src/jobs/runner.ts'

const pool = connectPool({ url: inject('appUrl') })
const stops: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()))
  await pool.end()
})

/** A node of its own. Queues are shared by all test files, so names are not. */
const node = async (...jobs: Job[]) => {
  const metrics = new Registry()
  const log = pino({ level: 'silent' }) as never
  const queue = await openQueue({ url: inject('appUrl'), log })
  const stop = await startJobs({ pool, queue, clock: () => new Date(), log, metrics, jobs, workers: [] })
  stops.push(stop)
  return { stop, metrics: () => metrics.metrics() }
}
const job = (run: Job['run']): Job => ({ name: `test_${randomBytes(6).toString('hex')}`, schedule: '0 3 * * *', run })

const sql = (text: string, ...values: unknown[]) =>
  direct(inject('appUrl'), async (client) => (await client.query(text, values)).rows)

test('a job runs at the start, is there to run by its schedule, and shows in the metrics', async () => {
  let runs = 0
  const quick = job(async () => void runs++)
  const failing = job(async () => Promise.reject(new Error('no')))
  const { metrics } = await node(quick, failing)
  await expect.poll(() => runs).toBe(1)
  await expect.poll(metrics).toContain(`job_runs_total{job="${failing.name}",outcome="failed"} 1`)
  const text = await metrics()
  expect(text).toContain(`job_runs_total{job="${quick.name}",outcome="completed"} 1`)
  expect(text).toContain(`job_duration_seconds_count{job="${quick.name}"} 1`)
  expect(text).toMatch(new RegExp(`job_queue_size\\{job="${quick.name}",state="waiting"\\} \\d`))
  expect(await sql(`select cron, timezone from ${jobSchema}.schedule where name = $1`, quick.name)).toEqual([
    { cron: '0 3 * * *', timezone: 'UTC' },
  ])
  // What failed is tried again, later.
  await expect
    .poll(() => sql(`select state, start_after > now() as later from ${jobSchema}.job where name = $1`, failing.name))
    .toEqual([{ state: 'retry', later: true }])
})

test('several nodes run a job once, and stopping waits for the one under way', async () => {
  const starts: string[] = []
  let ended = 0
  const slow = job(async ({ signal }) => {
    starts.push('run')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    ended++
  })
  const nodes = [await node(slow), await node(slow), await node(slow)]
  await expect.poll(() => starts.length).toBe(1)
  await Promise.all(nodes.map(({ stop }) => stop()))
  expect([starts.length, ended]).toEqual([1, 1])
})

test('what a dead node had begun is begun again by another', async () => {
  const lost = job(async () => void again++)
  let again = 0
  const dying = new PgBoss({ connectionString: inject('appUrl'), schema: jobSchema, migrate: false, schedule: false })
  await dying.start()
  await dying.createQueue(lost.name, { policy: 'exclusive', heartbeatSeconds: 30, retryLimit: 3 })
  await dying.send(lost.name)
  expect(await dying.fetch(lost.name)).toHaveLength(1)
  await sql(`update ${jobSchema}.job set heartbeat_on = now() - interval '31 s' where name = $1`, lost.name)
  await dying.supervise(lost.name)
  await dying.stop({ graceful: false })
  expect(await sql(`select state from ${jobSchema}.job where name = $1`, lost.name)).toEqual([{ state: 'retry' }])
  await node(lost)
  await expect.poll(() => again).toBe(1)
})

test('the serving role may not change the queue itself', async () => {
  await expect(sql(`create table ${jobSchema}.mine (id int)`)).rejects.toThrow(/permission denied/)
  await expect(sql(`drop table ${jobSchema}.queue`)).rejects.toThrow(/must be owner/)
})
