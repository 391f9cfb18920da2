import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findBandDays } from '../../src/scoring/bands.ts'
import { derivedHealth, type HealthFacts, never } from '../../src/scoring/health.ts'
import {
  type Commitment,
  cascade,
  dayNumber,
  dayOf,
  defaultPolicy,
  expectedOn,
  explainObjective,
  type InitiativeInput,
  type ItemRef,
  type KeyResultInput,
  kpiScore,
  kpiStatus,
  type NodeState,
  type ObjectiveInput,
  type Policy,
  type Reading,
  scoreKeyResult,
  verdictOf,
} from '../../src/scoring/index.ts'
import { initiative, keyResult, objective } from './inputs.ts'

// biome-ignore lint/suspicious/noExplicitAny: the file is written by hand in its own short notation
type Case = any
const cases: Record<string, Case[]> = JSON.parse(readFileSync(new URL('./worked-cases.json', import.meta.url), 'utf8'))

const today = '2026-02-12'
const policyOf = (given: Case): Policy => ({ ...defaultPolicy, ...given.policy })

/** Weekly periods that begin on Monday 2026-01-05, the last of the list running. */
const periodic = (short: Case): Partial<KeyResultInput> & { today: string } => {
  const monday = dayNumber('2026-01-05')
  const readings = (short.periods as (number | null)[]).flatMap((value, week): Reading[] =>
    value === null ? [] : [{ day: dayOf(monday + 7 * week + 2), value, zone: null }],
  )
  const weeks = short.totalPeriods ?? 13
  return {
    readings,
    firstDay: dayOf(monday),
    lastDay: dayOf(monday + 7 * weeks - 1),
    today: dayOf(monday + 7 * (short.periods.length - 1) + 3),
  }
}

const inputOf = (short: Case, policy: Policy): KeyResultInput => {
  const { value = null, periods: _periods, totalPeriods: _total, weight: _weight, type: _type, ...definition } = short
  const zone = typeof value === 'string' ? value : null
  const readings = value === null ? [] : [{ day: today, value: zone === null ? value : null, zone }]
  const steps = definition.steps?.map((step: Case, index: number) => ({
    id: `${index}`,
    weight: 1,
    dueOn: null,
    ...step,
  }))
  return keyResult({ readings, lastReadingDay: readings[0]?.day ?? null, policy, ...definition, steps })
}

test.each(cases['keyResults']!)('key result: $name', (given) => {
  const input = inputOf(given.keyResult, policyOf(given))
  const on = given.keyResult.periods === undefined ? { today } : periodic(given.keyResult)
  expect(scoreKeyResult({ ...input, ...on }, on.today)).toMatchObject(given.expect)
})

type Nodes = { keyResults: KeyResultInput[]; objectives: ObjectiveInput[]; initiatives: InitiativeInput[] }
const collect = (short: Case, policy: Policy, nodes: Nodes): ObjectiveInput => {
  const items = short.items.map((item: Case): ItemRef => {
    if (item.type === 'objective') collect(item, policy, nodes)
    else if (item.type === 'initiative')
      nodes.initiatives.push(initiative({ id: item.id, progress: item.progress, policy }))
    else nodes.keyResults.push(inputOf(item, policy))
    const { id, type, relation, role, weight = type === 'initiative' ? 0 : 1 } = item
    return { id, type, relation, role, weight, state: (item.state ?? 'active') as NodeState }
  })
  const input = objective({ id: short.id, policy, items, progressSource: short.progressSource ?? 'both' })
  nodes.objectives.push(input)
  return input
}

test.each(cases['objectives']!)('objective: $name', (given) => {
  const nodes: Nodes = { keyResults: [], objectives: [], initiatives: [] }
  const input = collect(given.objective, policyOf(given), nodes)
  const scores = cascade({ ...nodes, known: new Map() }, today)
  const { excluded, ...numbers } = given.expect
  expect(scores.get(input.id)).toMatchObject(numbers)
  const explained = explainObjective(input, today, (id) => scores.get(id)!)
  expect(explained.excluded.map(({ id, reason }) => ({ id, reason }))).toEqual(excluded)
})

test.each(cases['pace']!)('pace: $name', ({ from, to, today: day, waypoints, keyResult: given, expect: expected }) => {
  const input = keyResult({ baseline: 0, target: 1, ...given, waypoints, firstDay: from, lastDay: to })
  expect(expectedOn(scoreKeyResult(input, from).pace, day)).toBe(expected)
})

test.each(cases['health']!)('health: $expect at $progress, expected $expected', (given) => {
  const factor = (given.commitment ?? 'committed') === 'committed' ? 1 : defaultPolicy.aspirationalPace
  const facts: HealthFacts = {
    closed: given.closed ?? false,
    read: given.hasData ?? true,
    startedOn: given.started === false ? 11 : 9,
    hasData: given.hasData ?? true,
    progress: given.progress,
    lastDay: given.overdue === true ? 9 : 10,
    commitment: (given.commitment ?? 'committed') as Commitment,
    inside: given.inside ?? null,
    unpaced: given.kind === 'milestone' ? 'on_track' : 'by_progress',
    gap:
      given.expected === null
        ? null
        : { curve: () => given.expected, line: null, weight: 1, factor, progress: given.progress },
    bands: defaultPolicy.bands,
    atRiskFrom: never,
    offTrackFrom: never,
  }
  findBandDays(facts, 10)
  expect(derivedHealth(facts, 10).health).toBe(given.expect)
})

test.each(cases['verdicts']!)('verdict: $grade $commitment', (given) => {
  expect(verdictOf(given.grade, given.commitment)).toBe(given.expect)
})

test.each(cases['kpis']!)('kpi: $value $direction', ({ value, expect: expected, ...thresholds }) => {
  expect({ status: kpiStatus(value, thresholds), score: kpiScore(value, thresholds) }).toEqual(expected)
})
