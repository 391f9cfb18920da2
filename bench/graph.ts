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
import { median } from './measure.ts'

const objectives = 250_000
const keyResultsEach = 4
/** The children of objective n are 6n + 1 to 6n + 6: a tree of 8 levels. */
const childrenEach = 6
const rowsEach = keyResultsEach + 1
const nodes = objectives * rowsEach
const rounds = 7

const valueOf = (row: number): number => (row * 7) % 101
const weightOf = (row: number): number => 1 + (row % 3)
const parentOf = (objective: number): number => Math.floor((objective - 1) / childrenEach)

/** Row n · 5 is objective n, the four behind it are its key results: ascending, as their ids would be. */
const columnsOf = () => {
  const isObjective = new Uint8Array(nodes)
  const value = new Float64Array(nodes)
  const child = new Int32Array(nodes - 1)
  const parent = new Int32Array(nodes - 1)
  const weight = new Float64Array(nodes - 1)
  for (let row = 0; row < nodes; row++) {
    isObjective[row] = row % rowsEach === 0 ? 1 : 0
    value[row] = valueOf(row)
    if (row === 0) continue
    const own = row - (row % rowsEach)
    child[row - 1] = row
    parent[row - 1] = own === row ? parentOf(row / rowsEach) * rowsEach : own
    weight[row - 1] = weightOf(row)
  }
  const baseline = new Float64Array(nodes)
  const target = new Float64Array(nodes).fill(100)
  return { isObjective, baseline, target, value, edges: { child, parent, weight }, missing: 'zero' as const }
}

const round6 = (x: number): number => (Math.sign(x) * Math.floor(Math.abs(x) * 1e6 + 0.500001)) / 1e6 + 0

/** The same sums and roundings for this very tree, where what is below is known without looking for it. */
const bareLoop = ({ baseline, target, value, edges: { weight } }: ReturnType<typeof columnsOf>): Float64Array => {
  const progress = new Float64Array(nodes)
  const coverage = new Float64Array(nodes)
  for (let objective = objectives - 1; objective >= 0; objective--) {
    const own = objective * rowsEach
    let sum = 0
    let counted = 0
    let known = 0
    for (let row = own + 1; row < own + rowsEach; row++) {
      const from = baseline[row] as number
      const attainment = round6(((value[row] as number) - from) / ((target[row] as number) - from))
      progress[row] = Math.min(1, Math.max(0, attainment))
      coverage[row] = 1
      const share = weight[row - 1] as number
      sum += share * (progress[row] as number)
      counted += share
      known += share
    }
    const first = objective * childrenEach + 1
    for (let below = first; below < first + childrenEach && below < objectives; below++) {
      const row = below * rowsEach
      const share = weight[row - 1] as number
      sum += share * (progress[row] as number)
      counted += share
      known += share * (coverage[row] as number)
    }
    progress[own] = round6(sum / counted)
    coverage[own] = round6(known / counted)
  }
  return progress
}

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
  console.log('| way | time | ÷ bare | target | met | peak memory |\n| --- | --- | --- | --- | --- | --- |')
  const bare = await inChild('bare')
  const targets: Record<string, number> = { columns: 5, objects: 40 }
  for (const name of Object.keys(ways)) {
    const { milliseconds, megabytes, root } = name === 'bare' ? bare : await inChild(name)
    if (root !== bare.root) throw new Error(`${name} finds ${root}, the bare loop ${bare.root}`)
    const ratio = milliseconds / bare.milliseconds
    const target = targets[name]
    const met = target === undefined || ratio <= target
    if (!met) process.exitCode = 1
    console.log(
      `| ${name} | ${milliseconds.toFixed(0)} ms | ${ratio.toFixed(1)} | ${target ? `≤ ${target}` : '–'} | ${met ? 'yes' : 'no'} | ${megabytes.toFixed(0)} MB |`,
    )
  }
}
