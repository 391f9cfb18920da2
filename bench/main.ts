import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { connectPool } from '../src/db/pool.ts'
import type { BareInput } from './bare.ts'
import { casesOf } from './cases.ts'
import { openDatabase, reset } from './database.ts'
import { measure, requireEqualAnswers } from './measure.ts'
import { serve } from './process.ts'
import { record } from './record.ts'
import { head, lineOf } from './report.ts'
import { seedWorld, type World } from './world.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    /** A folder for CPU profiles of the app; the measurement is slower then. */
    profile: { type: 'string' },
  },
})

/** One check-in of the app, for the bare server to repeat. */
const recordCheckIn = async (databaseUrl: string, { graphs }: World): Promise<BareInput['recorded']> => {
  const [graph] = graphs as [World['graphs'][number]]
  const [leaf] = graph.leaves as [World['graphs'][number]['leaves'][number]]
  const sent = await record(databaseUrl, {
    key: graph.key,
    method: 'POST',
    url: `/v1/key-results/${leaf.id}/check-ins`,
    body: { value: 93.5, confidence: 0.9 },
  })
  return { sent, tenant: graph, leaf }
}

const database = await openDatabase()
const folder = await mkdtemp(path.join(tmpdir(), 'headway-bench-'))
const pool = connectPool({ url: database.appUrl })
const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true }), database.stop]
try {
  const profiling = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : []
  const app = await serve('app.ts', [database.appUrl], profiling)
  stops.unshift(app.stop)
  const world = await seedWorld({ url: app.url, pool })
  await pool.end()
  const seededAt = new Date().toISOString()
  const input: BareInput = { world, recorded: await recordCheckIn(database.appUrl, world) }
  await writeFile(path.join(folder, 'world.json'), JSON.stringify(input))
  const bare = await serve('bare.ts', [database.appUrl, path.join(folder, 'world.json')])
  stops.unshift(bare.stop)

  const wanted = options.only?.split(',')
  console.log(head)
  for (const one of casesOf(world).filter(({ name }) => !wanted || wanted.includes(name))) {
    const urls = { app: app.url, bare: bare.url }
    await requireEqualAnswers(one, urls)
    const measured = await measure(one, urls, {
      rounds: Number(options.rounds),
      seconds: Number(options.seconds),
      reset: () => reset(database, seededAt),
    })
    const { text, met } = lineOf(one, measured)
    console.log(text)
    if (!met) process.exitCode = 1
  }
} finally {
  for (const stop of stops) await stop()
}
