import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  addPeriods,
  carryOver,
  type Day,
  dayNumber,
  dayOf,
  defaultPolicy,
  type Explanation,
  expectedOn,
  explainKeyResult,
  explainObjective,
  healthOn,
  type ItemRef,
  keyResultProgressAsStarted,
  kpiScore,
  kpiStatus,
  levelsAbove,
  levelsBelow,
  type NodeScore,
  periodStarts,
  progressAsStarted,
  round6,
  scorecardScore,
  scoreInitiative,
  scoreKeyResult,
  scoreObjective,
  scoringVersion,
  suggestGrade,
  verdictOf,
  wouldCycle,
} from '../../src/scoring/index.ts'
import { initiative, keyResult, objective, score } from './inputs.ts'

// biome-ignore lint/suspicious/noExplicitAny: cases of every subject share one file, and what they hold is what is tested
type Given = Record<string, any>
type Case = { name: string; section: string; subject: string; input: Given; expect: Given }

const published: { version: number; cases: Case[] } = JSON.parse(
  readFileSync(new URL('../../docs/scoring-vectors.json', import.meta.url), 'utf8'),
)

const withPolicy = (input: Given): Given => ({ ...input, policy: { ...defaultPolicy, ...input['policy'] } })

const refsOf = (items: Given[]): ItemRef[] => items.map(({ score: _score, ...item }) => item as ItemRef)
const scoresOf = (input: Given) => {
  const given = new Map<string, Given>(Object.entries(input['scores'] ?? {}))
  for (const item of input['items'] ?? []) given.set(item.id, item.score)
  return (id: string): NodeScore => score(given.get(id))
}

const judge = (
  found: NodeScore,
  explained: Explanation | null,
  { expected, health, items, gap, excluded, progressAsStarted: _started, ...numbers }: Given,
) => {
  expect(found).toMatchObject(numbers)
  for (const [day, value] of Object.entries(expected ?? {}))
    expect([day, expectedOn(found.pace, day)]).toEqual([day, value])
  for (const [day, view] of Object.entries(health ?? {}))
    expect({ day, ...healthOn(found.timeline, day) }).toMatchObject({ day, ...(view as object) })
  if (explained === null) return
  if (gap !== undefined) expect(explained.gap).toBe(gap)
  if (excluded !== undefined) expect(explained.excluded.map(({ id, reason }) => ({ id, reason }))).toEqual(excluded)
  if (items === undefined) return
  const parts = explained.items.map(({ id, effectiveWeight, contribution }) => [id, [effectiveWeight, contribution]])
  expect(Object.fromEntries(parts)).toEqual(items)
}

const subjects: Record<string, (input: Given, expected: Given) => void> = {
  rounding: ({ x }, { rounded }) => expect(round6(x)).toBe(rounded),
  calendar: ({ day, period, count }, expected) =>
    expect(dayOf(addPeriods(dayNumber(day), period, count))).toBe(expected['day']),
  periods: ({ firstDay, lastDay, period, calendar }, { starts }) =>
    expect(periodStarts(dayNumber(firstDay), dayNumber(lastDay), period, calendar).map(dayOf)).toEqual(starts),
  keyResult: (given, expected) => {
    const { today, started, scores: _scores, items, readings, ...rest } = withPolicy(given)
    const input = keyResult({
      ...rest,
      items: items === undefined ? null : refsOf(items),
      readings: (readings ?? []).map(([day, value]: [Day, number | string]) =>
        typeof value === 'string' ? { day, value: null, zone: value } : { day, value, zone: null },
      ),
    })
    const scoreOf = scoresOf(given)
    judge(scoreKeyResult(input, today, scoreOf), explainKeyResult(input, today, scoreOf), expected)
    if (started !== undefined)
      expect(keyResultProgressAsStarted(input, started, today)).toBe(expected['progressAsStarted'])
  },
  objective: (given, expected) => {
    const { today, started, items, ...rest } = withPolicy(given)
    const input = objective({ ...rest, items: refsOf(items) })
    const scoreOf = scoresOf(given)
    judge(scoreObjective(input, today, scoreOf), explainObjective(input, today, scoreOf), expected)
    if (started !== undefined)
      expect(progressAsStarted(input, scoreOf, (id) => started[id])).toBe(expected['progressAsStarted'])
  },
  initiative: (given, expected) => {
    const { today, ...rest } = withPolicy(given)
    judge(scoreInitiative(initiative(rest), today), null, expected)
  },
  cycle: ({ edges, child, parent }, { cycle }) => expect(wouldCycle(edges, child, parent)).toBe(cycle),
  levels: ({ edges, node }, expected) =>
    expect({ above: levelsAbove(edges, node), below: levelsBelow(edges, node) }).toEqual(expected),
  verdict: ({ grade, commitment }, { verdict }) => expect(verdictOf(grade, commitment)).toBe(verdict),
  grade: ({ progress }, { grade }) => expect(suggestGrade(progress)).toBe(grade),
  carryOver: ({ mode, ...from }, expected) =>
    expect(carryOver(from as Parameters<typeof carryOver>[0], mode)).toMatchObject(expected),
  kpi: ({ value, ...thresholds }, expected) =>
    expect({
      status: kpiStatus(value, thresholds as Parameters<typeof kpiStatus>[1]),
      score: kpiScore(value, thresholds as Parameters<typeof kpiScore>[1]),
    }).toEqual(expected),
  scorecard: ({ items }, expected) => expect(scorecardScore(items)).toEqual(expected),
}

test('the published cases are of this version', () => {
  expect(published.version).toBe(scoringVersion)
  expect(published.cases.length).toBeGreaterThanOrEqual(120)
})

test.each(published.cases)('$section $subject: $name', ({ subject, input, expect: expected }) => {
  const run = subjects[subject]
  if (run === undefined) throw new Error(`unknown subject ${subject}`)
  run(input, expected)
})
