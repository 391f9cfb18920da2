import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cascade,
  expectedOn,
  explainKeyResult,
  explainObjective,
  healthOn,
  scoreGraph,
  scoreKeyResult,
} from '../../src/scoring/index.ts'
import { keyResult, objective, score } from './inputs.ts'
import { naive, plusDays, type World } from './naive.ts'
import { day, keyResults, worlds } from './worlds.ts'

const known = new Map()
const horizon = Array.from({ length: 160 }, (_, index) => index)

test('the core agrees with a naive reading of the rules, on every number and every later day', () => {
  fc.assert(
    fc.property(worlds, day(), (world, today) => {
      const scores = cascade({ ...world, known }, today)
      const reading = naive(world, today)
      for (const [id, found] of scores) {
        const { attainment: _attainment, noData, ...numbers } = reading.numbersOf(id)
        expect({ id, ...found }).toMatchObject({ id, ...numbers, dataState: noData ? 'no_data' : 'ok' })
        for (const later of horizon) {
          const on = plusDays(today, later)
          if (later % 7 === 0)
            expect({ id, on, e: expectedOn(found.pace, on) }).toEqual({ id, on, e: reading.expected(id, on) })
          expect({ id, on, ...healthOn(found.timeline, on) }).toEqual({ id, on, ...reading.health(id, on) })
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('a whole graph scored by place is what it is by id', () => {
  fc.assert(
    fc.property(worlds, day(), (world, today) => {
      const byId = cascade({ ...world, known }, today)
      const byPlace = scoreGraph({ ...world, known }, today)
      for (const type of ['keyResults', 'objectives', 'initiatives'] as const)
        expect(byPlace[type]).toEqual(world[type].map(({ id }) => byId.get(id)))
    }),
    { numRuns: 60 },
  )
})

test('a timeline is ascending, and its neighbours differ', () => {
  fc.assert(
    fc.property(worlds, day(), (world, today) => {
      for (const { timeline } of cascade({ ...world, known }, today).values()) {
        timeline.forEach((segment, index) => {
          const before = timeline[index - 1]
          if (before === undefined) return expect(segment.from).toBeNull()
          expect(segment.from! > (before.from ?? today)).toBe(true)
          expect({ ...segment, from: null }).not.toEqual({ ...before, from: null })
        })
      }
    }),
  )
})

test('the order in which nodes are given does not matter', () => {
  fc.assert(
    fc.property(worlds, day(), fc.infiniteStream(fc.integer()), (world, today, noise) => {
      const shuffled = <Node>(nodes: Node[]): Node[] =>
        nodes
          .map((node) => ({ node, at: noise.next().value }))
          .toSorted((one, other) => one.at - other.at)
          .map(({ node }) => node)
      const other: World = {
        keyResults: shuffled(world.keyResults),
        objectives: shuffled(world.objectives.map((node) => ({ ...node, items: shuffled([...node.items]) }))),
        initiatives: shuffled(world.initiatives),
      }
      const scores = cascade({ ...world, known }, today)
      for (const [id, found] of cascade({ ...other, known }, today)) expect(found).toEqual(scores.get(id))
    }),
  )
})

test('the order in which readings arrive does not matter', () => {
  fc.assert(
    fc.property(keyResults('k'), day(), (input, today) => {
      const reversed = { ...input, readings: input.readings.toReversed() }
      expect(scoreKeyResult(reversed, today)).toEqual(scoreKeyResult(input, today))
    }),
  )
})

const progresses = fc.array(
  fc.record({ weight: fc.integer({ min: 0, max: 1000 }), progress: fc.double({ min: 0, max: 1, noNaN: true }) }),
  {
    maxLength: 30,
  },
)
const pooled = (items: { weight: number; progress: number }[], factor = 1) => {
  const scores = items.map(({ progress }) => score({ progress: Math.round(progress * 1e6) / 1e6 }))
  const input = objective({
    items: items.map(({ weight }, index) => ({
      type: 'key_result',
      id: `${index}`,
      weight: weight * factor,
      state: 'active',
    })),
  })
  return explainObjective(input, '2026-02-01', (id) => scores[Number(id)]!)
}

test('the mean of a day, with how many readings it stands for, projects what they do', () => {
  const days = fc.array(fc.tuple(fc.integer({ min: 0, max: 44 }), fc.integer({ min: 0, max: 100 })), {
    minLength: 1,
    maxLength: 30,
  })
  // Few days with many readings as well, where fewer than three means say what three readings do.
  const fewDays = fc.array(fc.tuple(fc.constantFrom(25, 40), fc.integer({ min: 0, max: 100 })), {
    minLength: 3,
    maxLength: 6,
  })
  fc.assert(
    fc.property(fc.oneof(days, fewDays), (said) => {
      const singly = said
        .map(([after, value]) => ({ day: plusDays('2026-01-01', after), value, zone: null }))
        .toSorted((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0))
      const newest = singly.at(-1)!
      const means = [...Map.groupBy(singly.slice(0, -1), (each) => each.day)].map(([on, of]) => ({
        day: on,
        value: of.reduce((sum, { value }) => sum + value, 0) / of.length,
        zone: null,
        count: of.length,
      }))
      const [one, other] = [singly, [...means, newest]].map((readings) =>
        scoreKeyResult(keyResult({ baseline: 0, target: 100, readings }), '2026-02-15', () => score()),
      )
      expect(other!.projected === null).toBe(one!.projected === null)
      expect(other!.projected ?? 0).toBeCloseTo(one!.projected ?? 0, 5)
      expect({ ...other, projected: 0 }).toEqual({ ...one, projected: 0 })
    }),
  )
})

test('weights scale freely', () => {
  fc.assert(
    fc.property(progresses, fc.constantFrom(0.001, 0.5, 3, 1000), (items, factor) => {
      const one = pooled(items)
      const other = pooled(items, factor)
      expect(other.progress).toBe(one.progress)
      expect(other.coverage).toBe(one.coverage)
      expect(other.items.map((item) => item.contribution)).toEqual(one.items.map((item) => item.contribution))
    }),
  )
})

test('contributions sum to the progress within a millionth each', () => {
  fc.assert(
    fc.property(worlds, day(), (world, today) => {
      const scores = cascade({ ...world, known }, today)
      const scoreOf = (id: string) => scores.get(id)!
      const explained = [
        ...world.objectives.map((node) => explainObjective(node, today, scoreOf)),
        ...world.keyResults.map((node) => explainKeyResult(node, today, scoreOf)),
      ]
      for (const { id, formula, progress, coverage, attainment, items } of explained) {
        expect(scores.get(id)).toMatchObject({ progress, coverage, attainment })
        if (items.length === 0 || progress === null || formula === 'manual') continue
        const sum = items.reduce((total, item) => total + item.contribution, 0)
        expect(Math.abs(sum - progress)).toBeLessThanOrEqual(items.length * 1e-6)
      }
    }),
  )
})

test('to cancel and to restore is to have done nothing', () => {
  fc.assert(
    fc.property(worlds, day(), fc.nat(), (world, today, pick) => {
      const before = cascade({ ...world, known }, today)
      const top = world.objectives.at(-1)!
      if (top.items.length === 0) return
      const chosen = pick % top.items.length
      const cancelled = top.items.map((item, index) =>
        index === chosen ? { ...item, state: 'cancelled' as const } : item,
      )
      const restored = cancelled.map((item, index) =>
        index === chosen ? { ...item, state: top.items[index]!.state } : item,
      )
      const withItems = (items: typeof top.items) =>
        cascade({ ...world, objectives: [...world.objectives.slice(0, -1), { ...top, items }], known }, today).get(
          top.id,
        )
      const { excluded } = explainObjective({ ...top, items: cancelled }, today, (id) => before.get(id)!)
      expect(excluded.find((item) => item.id === top.items[chosen]!.id)?.reason).toBe('cancelled')
      expect(withItems(restored)).toEqual(before.get(top.id))
    }),
  )
})

test('known scores stand in for nodes that are not given', () => {
  fc.assert(
    fc.property(worlds, day(), (world, today) => {
      const all = cascade({ ...world, known }, today)
      const top = world.objectives.slice(-1)
      const stored = new Map([...all].map(([id, found]) => [id, JSON.parse(JSON.stringify(found))]))
      expect(
        cascade({ keyResults: [], initiatives: [], objectives: top, known: stored }, today).get(top[0]!.id),
      ).toEqual(all.get(top[0]!.id))
    }),
  )
})

test('more of a metric never makes less progress', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 0, max: 500 }), (value, more) => {
      const at = (reading: number) =>
        scoreKeyResult(
          keyResult({ baseline: -100, target: 300, readings: [{ day: '2026-01-05', value: reading, zone: null }] }),
          '2026-01-06',
        )
      expect(at(value + more).progress!).toBeGreaterThanOrEqual(at(value).progress!)
      expect(at(value + more).attainment!).toBeGreaterThanOrEqual(at(value).attainment!)
    }),
  )
})

test('what was scored earlier says of later days what scoring later would say', () => {
  fc.assert(
    fc.property(worlds, day(), fc.integer({ min: 1, max: 90 }), (world, today, days) => {
      // Adherence and accrual move with time itself, and are rescored as it passes.
      const keyResults = world.keyResults.map((input) =>
        input.kind === 'threshold' ? { ...input, mode: 'latest' as const } : input,
      )
      const later = plusDays(today, days)
      const before = cascade({ ...world, keyResults, known }, today)
      const after = cascade({ ...world, keyResults, known }, later)
      const top = world.objectives.at(-1)!
      const mixed = cascade({ keyResults: [], initiatives: [], objectives: [top], known: before }, later)
      for (const ahead of horizon) {
        const on = plusDays(later, ahead)
        for (const [id, { timeline }] of after)
          expect(healthOn(before.get(id)!.timeline, on)).toEqual(healthOn(timeline, on))
        expect(healthOn(mixed.get(top.id)!.timeline, on)).toEqual(healthOn(after.get(top.id)!.timeline, on))
      }
    }),
    { numRuns: 60 },
  )
})
