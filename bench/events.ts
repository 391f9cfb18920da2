import { parseArgs } from 'node:util'
import { connectPool } from '../src/db/pool.ts'
import { casesOf } from './cases.ts'
import { openDatabase, reset } from './database.ts'
import { measure } from './measure.ts'
import { serve } from './process.ts'
import { lineOf } from './report.ts'
import { seedWorld } from './world.ts'

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '5' } },
})

/** A check-in with its events may take 1.3 times as long as without. */
const target = { ratio: 0.77 }

// The app as it is served, sequencer and all, beside the same app that writes no events and sequences nothing.
const database = await openDatabase()
const pool = connectPool({ url: database.appUrl })
const stops: (() => Promise<void>)[] = [database.stop]
try {
  const app = await serve('app.ts', [database.appUrl])
  stops.unshift(app.stop)
  const world = await seedWorld({ url: app.url, pool })
  await pool.end()
  const seededAt = new Date().toISOString()
  const silent = await serve('app.ts', [database.appUrl, 'without events'])
  stops.unshift(silent.stop)
  console.log(
    '| case | with ÷ without events (spread) | target | met | with | without |\n| --- | --- | --- | --- | --- | --- |',
  )
  for (const one of casesOf(world).filter(({ name }) => name === 'check-in' || name === 'hot')) {
    const urls = { app: app.url, bare: silent.url }
    const measured = await measure(one, urls, {
      rounds: Number(options.rounds),
      seconds: Number(options.seconds),
      reset: () => reset(database, seededAt),
    })
    const { text, met } = lineOf({ ...one, target }, measured)
    console.log(text)
    if (!met) process.exitCode = 1
  }
} finally {
  for (const stop of stops) await stop()
}
