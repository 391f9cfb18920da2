import { expect, test } from 'vitest'
import {
  cascade,
  expectedOn,
  explainObjective,
  hasCycle,
  healthOn,
  hideItems,
  type ItemRef,
  levelsAbove,
  type NodeScore,
  type Pace,
  round6,
  ScoringCycle,
  scoreObjective,
} from '../../src/scoring/index.ts'
import { keyResult, objective, score } from './inputs.ts'
import { plusDays } from './naive.ts'

const today = '2026-01-15'
const item = (id: string, more: Partial<ItemRef> = {}): ItemRef => ({
  type: 'key_result',
  id,
  weight: 1,
  state: 'active',
  ...more,
})
const known = new Map<string, NodeScore>()

test('nodes that read one another in a circle are refused', () => {
  const one = objective({ id: 'a', items: [item('b', { type: 'objective' })] })
  const other = objective({ id: 'b', items: [item('a', { type: 'objective' })] })
  expect(() => cascade({ keyResults: [], initiatives: [], objectives: [one, other], known }, today)).toThrow(
    ScoringCycle,
  )
})

test('a circle that counts nowhere is none', () => {
  const one = objective({ id: 'a', items: [item('b', { type: 'objective' })] })
  const other = objective({ id: 'b', items: [item('a', { type: 'objective', relation: 'supports' })] })
  expect(cascade({ keyResults: [], initiatives: [], objectives: [one, other], known }, today).size).toBe(2)
})

test('an item that counts needs a score, one that does not needs none', () => {
  const given = (more: Partial<ItemRef>) => ({
    keyResults: [],
    initiatives: [],
    objectives: [objective({ items: [item('x', more)] })],
    known,
  })
  expect(() => cascade(given({}), today)).toThrow('no score of x')
  expect(cascade(given({ state: 'cancelled' }), today).get('objective')?.reason).toBe('no_items')
})

test('a rollup reads its children first', () => {
  const child = (id: string, value: number) =>
    keyResult({ id, baseline: 0, target: 10, readings: [{ day: today, value, zone: null }] })
  const sum = keyResult({
    id: 'a',
    source: 'rollup',
    baseline: 0,
    target: 20,
    contributions: [
      { keyResultId: 'c', share: 1 },
      { keyResultId: 'b', share: 0.5 },
    ],
  })
  const scores = cascade(
    { keyResults: [sum, child('b', 4), child('c', 7)], initiatives: [], objectives: [], known },
    today,
  )
  expect(scores.get('a')).toMatchObject({ value: 9, progress: 0.45 })
})

test('a chain of many key results does not exhaust the stack', () => {
  const links = Array.from({ length: 20_000 }, (_, index) =>
    keyResult({
      id: `${index}`,
      source: 'rollup',
      baseline: 0,
      target: 1,
      contributions: [{ keyResultId: `${index + 1}`, share: 1 }],
    }),
  )
  const last = new Map([['20000', score({ value: 0.25 })]])
  expect(cascade({ keyResults: links, initiatives: [], objectives: [], known: last }, today).get('0')?.progress).toBe(
    0.25,
  )
})

const steps = (offset: number): Pace => ({
  steps: Array.from(
    { length: 12 },
    (_, index) => [plusDays('2026-01-02', index * 7 + offset), (index + 1) / 12] as const,
  ),
})

test('a wide mean is stored day by day, and reads as before', () => {
  const paces = Array.from({ length: 12 }, (_, index) => steps(index % 7 === 0 ? index : index + 1))
  const scores = new Map(paces.map((pace, index) => [`${index}`, score({ progress: 0.5, pace })]))
  const input = objective({ items: paces.map((_, index) => item(`${index}`)) })
  const found = scoreObjective(input, today, (id) => scores.get(id)!)
  expect(Object.keys(found.pace!)).toEqual(['daily'])
  for (let offset = -30; offset < 200; offset++) {
    const on = plusDays('2026-01-01', offset)
    const sum = paces.reduce((total, pace) => total + expectedOn(pace, on)!, 0)
    expect(expectedOn(found.pace, on)).toBe(round6(sum / paces.length))
  }
})

test('equal curves stay one small object', () => {
  const pace: Pace = { linear: ['2026-01-01', '2026-03-31'] }
  const input = objective({ items: ['a', 'b', 'c'].map((id) => item(id)) })
  expect(scoreObjective(input, today, () => score({ progress: 0.2, pace })).pace).toEqual(pace)
})

test('a parent reads the rounded expected progress of its child, its gap is rounded once', () => {
  const curve = (last: string): Pace => ({ linear: ['2026-01-01', last] })
  const nested: Pace = {
    mean: [
      [1, curve('2026-01-08')],
      [1, curve('2026-01-04')],
      [1, curve('2026-01-12')],
    ],
  }
  const input = objective({ items: [item('a', { type: 'objective' })] })
  const scoreOf = () => score({ progress: 0.1, pace: nested })
  // Day 2: 1/7, 1/3 and 1/11 rounded, their mean 0.189033 to six decimals.
  const explained = explainObjective(input, '2026-01-02', scoreOf)
  expect(explained).toMatchObject({ expectedProgress: 0.189033, gap: 0.089033 })
})

test('what may not be read is merged, and the sum still holds', () => {
  const scores = new Map(
    Object.entries({ a: score({ progress: 0.3 }), b: score({ progress: 0.9 }), c: score({ progress: 1 }) }),
  )
  const input = objective({ items: [item('a'), item('b', { weight: 2 }), item('c', { weight: 0 })] })
  const explained = hideItems(
    explainObjective(input, today, (id) => scores.get(id)!),
    ({ id }) => id === 'a',
  )
  expect(explained.items.map(({ id, contribution }) => ({ id, contribution }))).toEqual([
    { id: 'a', contribution: 0.1 },
  ])
  expect(explained.excluded).toEqual([])
  expect(explained.hidden).toEqual({ count: 2, weight: 2, contribution: 0.6 })
  expect(explained.progress).toBe(0.7)
})

test('an objective goes stale by itself when its last fresh item does', () => {
  const readings = (day: string) => ({ readings: [{ day, value: 9, zone: null }], lastReadingDay: day })
  const threshold = (id: string, day: string) => keyResult({ id, kind: 'threshold', min: 9, ...readings(day) })
  const parent = objective({ items: [item('a'), item('b')] })
  const given = {
    keyResults: [threshold('a', '2026-01-05'), threshold('b', '2026-01-09')],
    objectives: [parent],
    initiatives: [],
    known,
  }
  const { timeline, progress } = cascade(given, today).get('objective')!
  expect(progress).toBe(1)
  expect(healthOn(timeline, '2026-01-23').stale).toBe(false)
  expect(healthOn(timeline, '2026-01-24')).toMatchObject({ stale: true, effective: 'achieved' })
})

test('levels count objectives only, and a cycle among edges is found', () => {
  const edges = [
    { child: 'o1', parent: 'k1' },
    { child: 'k1', parent: 'o2' },
    { child: 'o2', parent: 'o3' },
  ]
  expect(levelsAbove(edges, 'o1', (id) => id.startsWith('o'))).toBe(2)
  expect(hasCycle(edges)).toBe(false)
  expect(hasCycle([...edges, { child: 'o3', parent: 'o1' }])).toBe(true)
  expect(() => levelsAbove([...edges, { child: 'o3', parent: 'o1' }], 'o1')).toThrow('cycle')
})
