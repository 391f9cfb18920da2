import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import {
  defaultPolicy,
  type KeyResultInput,
  type ObjectiveInput,
  scoreColumns,
  scoreGraph,
} from '../src/scoring/index.ts'
import {
  bareLoop,
  bareLoopWithPace,
  childrenEach,
  columnsOf,
  keyResultsEach,
  objectives,
  rowsEach,
  valueOf,
  weightOf,
} from './graph.bare.ts'
import { median } from './measure.ts'

const rounds = 7

/** Ids in one piece, as the driver reads them; joined text would be put together anew wherever it is compared. */
const idOf = (row: number): string =>
  Buffer.from(`01990000-0000-7000-8000-${String(row).padStart(12, '0')}`).toString('latin1')

/** Whole goals as the service hands them to the core, with pace, health and all. */
const objectsOf = () => {
  const common = {
    state: 'active',
    commitment: 'committed',
    policy: defaultPolicy,
    cadence: 'week',
    firstDay: '2026-01-01',
    lastDay: '2026-12-31',
    reported: null,
  } as const
  const inputs: { keyResults: KeyResultInput[]; objectives: ObjectiveInput[] } = { keyResults: [], objectives: [] }
  for (let objective = 0; objective < objectives; objective++) {
    const own = objective * rowsEach
    const items: ObjectiveInput['items'][number][] = []
    for (let row = own + 1; row < own + rowsEach; row++) {
      items.push({ type: 'key_result', id: idOf(row), weight: weightOf(row), state: 'active' })
      inputs.keyResults.push({
        ...common,
        id: idOf(row),
        kind: 'metric',
        source: 'checkins',
        role: 'measure',
        baseline: 0,
        target: 100,
        readings: [{ day: '2026-05-30', value: valueOf(row), zone: null }],
        lastReadingDay: '2026-05-30',
        confidence: null,
      })
    }
    const first = objective * childrenEach + 1
    for (let below = first; below < first + childrenEach && below < objectives; below++) {
      const row = below * rowsEach
      items.push({ type: 'objective', id: idOf(row), weight: weightOf(row), state: 'active', relation: 'contributes' })
    }
    inputs.objectives.push({ ...common, id: idOf(own), progressSource: 'both', manualProgress: null, items })
  }
  return { ...inputs, initiatives: [], known: new Map() }
}

/** Each way to score the graph: makes its input, and answers the root's progress. */
const ways: Record<string, () => () => number> = {
  bare: () => {
    const columns = columnsOf()
    return () => bareLoop(columns)[0] as number
  },
  'bare, with pace': () => {
    const columns = columnsOf()
    return () => bareLoopWithPace(columns)[0] as number
  },
  columns: () => {
    const columns = columnsOf()
    return () => scoreColumns(columns).progress[0] as number
  },
  objects: () => {
    const input = objectsOf()
    return () => scoreGraph(input, '2026-06-01').objectives[0]?.progress as number
  },
}

type Measured = { milliseconds: number; megabytes: number; root: number }

/** In a process of its own, because the peak of memory is the process's. */
const measure = (name: string, times: number): Measured => {
  const run = (ways[name] as (typeof ways)[string])()
  const all: number[] = []
  let root = run()
  for (let at = 0; at < times; at++) {
    const from = performance.now()
    root = run()
    all.push(performance.now() - from)
  }
  return { milliseconds: median(all), megabytes: process.resourceUsage().maxRSS / 1_024, root }
}

const inChild = async (name: string): Promise<Measured> => {
  const child = fork(fileURLToPath(import.meta.url), [name], { execArgv: ['--max-old-space-size=12000'] })
  const [message] = (await once(child, 'message')) as [Measured]
  return message
}

if (process.argv[2]) {
  process.send?.(measure(process.argv[2], rounds))
} else {
  console.log(`${objectives * keyResultsEach} key results under ${objectives} objectives, 8 levels\n`)
  console.log('| way | time | ÷ bare | ÷ bare, with pace | target | met | peak memory |')
  console.log('| --- | --- | --- | --- | --- | --- | --- |')
  // Each is held to the loop that does the same sums: columns know progress and coverage, objects pace and health too.
  const targets: Record<string, { most: number; of: string }> = {
    columns: { most: 5, of: 'bare' },
    objects: { most: 40, of: 'bare, with pace' },
  }
  const found: Record<string, Measured> = {}
  const ratioTo = (of: string, name: string): number | undefined => {
    const [own, bare] = [found[name], found[of]]
    return own && bare && own.milliseconds / bare.milliseconds
  }
  for (const name of Object.keys(ways)) {
    const { milliseconds, megabytes, root } = (found[name] = await inChild(name))
    if (root !== found['bare']?.root) throw new Error(`${name} finds ${root}, the bare loop ${found['bare']?.root}`)
    const target = targets[name]
    const met = target === undefined || (ratioTo(target.of, name) ?? Infinity) <= target.most
    if (!met) process.exitCode = 1
    const ratios = ['bare', 'bare, with pace'].map((of) => ratioTo(of, name)?.toFixed(1) ?? '–').join(' | ')
    const wanted = target ? `≤ ${target.most} of ${target.of}` : '–'
    console.log(
      `| ${name} | ${milliseconds.toFixed(0)} ms | ${ratios} | ${wanted} | ${met ? 'yes' : 'no'} | ${megabytes.toFixed(0)} MB |`,
    )
  }
}
