import * as fc from 'fast-check'
import {
  defaultPolicy,
  type InitiativeInput,
  type ItemRef,
  type KeyResultInput,
  type ObjectiveInput,
} from '../../src/scoring/index.ts'
import { initiative, keyResult, objective } from './inputs.ts'
import { plusDays, type World } from './naive.ts'

/** A day near the first quarter of 2026. */
export const day = (from = -20, to = 120) =>
  fc.integer({ min: from, max: to }).map((offset) => plusDays('2026-01-01', offset))
const span = fc.tuple(fc.integer({ min: -10, max: 40 }), fc.integer({ min: 0, max: 100 })).map(([start, length]) => ({
  firstDay: plusDays('2026-01-01', start),
  lastDay: plusDays('2026-01-01', start + length),
}))
const cadence = fc.constantFrom('day', 'week', 'month', 'quarter')
const commitment = fc.constantFrom('committed', 'aspirational', 'learning')
const state = fc.constantFrom(
  'active',
  'active',
  'active',
  'active',
  'draft',
  'achieved',
  'closed',
  'cancelled',
  'deferred',
)
const reported = fc.option(fc.record({ health: fc.constantFrom('on_track', 'at_risk', 'off_track'), day: day(0, 60) }))
const hundredths = (most: number) => fc.integer({ min: 0, max: most * 100 }).map((number) => number / 100)

export const policy = fc.record({
  missing: fc.constantFrom('zero', 'exclude'),
  bands: fc.constant(defaultPolicy.bands),
  objectiveHealth: fc.constantFrom('pace', 'pace', 'worst'),
  aspirationalPace: fc.constant(0.7),
})

const readingsOf = (kind: string, { firstDay, lastDay }: { firstDay: string; lastDay: string }) =>
  fc
    .uniqueArray(
      fc.record({
        day: day(-15, 130).filter((each) => each >= plusDays(firstDay, -5) && each <= lastDay),
        value: hundredths(10),
        zone: fc.constantFrom('fail', 'commit', 'target', 'stretch'),
      }),
      { maxLength: 8, selector: (reading) => reading.day },
    )
    .map((all) =>
      all
        .map((reading) => (kind === 'ordinal' ? { ...reading, value: null } : { ...reading, zone: null }))
        .toSorted((one, other) => (one.day < other.day ? -1 : 1)),
    )

const definition = (kind: string) => {
  if (kind === 'metric') {
    return fc
      .tuple(hundredths(5), fc.integer({ min: 1, max: 500 }), fc.boolean())
      .map(([baseline, distance, falling]) => ({
        baseline,
        target: falling ? baseline - distance / 100 : baseline + distance / 100,
      }))
  }
  if (kind === 'threshold') {
    return fc.record({
      min: fc.option(hundredths(5)),
      max: hundredths(10),
      exclusive: fc.boolean(),
      mode: fc.constantFrom('latest', 'adherence', 'accrual'),
      period: fc.constantFrom(null, 'day', 'week', 'month', 'quarter'),
    })
  }
  if (kind !== 'milestone') return fc.constant({})
  const step = fc.record({ weight: hundredths(3), done: fc.boolean(), dueOn: fc.option(day(0, 90)) })
  return fc
    .array(step, { minLength: 1, maxLength: 5 })
    .filter((steps) => steps.some((each) => each.weight > 0))
    .map((steps) => ({ steps: steps.map((each, index) => ({ id: `${index}`, ...each })) }))
}

export const keyResults = (id: string, shared = policy): fc.Arbitrary<KeyResultInput> =>
  fc.constantFrom('metric', 'metric', 'threshold', 'milestone', 'ordinal', 'baseline').chain((kind) =>
    span.chain((days) =>
      fc
        .record({
          definition: definition(kind),
          readings: readingsOf(kind, days),
          policy: shared,
          cadence,
          commitment,
          state,
          reported,
          staleAfter: fc.constantFrom(null, null, 'month'),
          confidence: fc.option(hundredths(1)),
          waypointed: fc.boolean(),
        })
        .map(({ definition, readings, waypointed, ...rest }) => {
          const input = keyResult({ id, kind, ...days, ...definition, ...rest, readings })
          const half = plusDays(days.firstDay, 3)
          if (kind !== 'metric' || !waypointed || half >= days.lastDay) return input
          const value = input.baseline! + (input.target! - input.baseline!) * 0.1
          return { ...input, waypoints: [{ date: half, value }] }
        }),
    ),
  )

const initiatives = (id: string): fc.Arbitrary<InitiativeInput> =>
  fc
    .record({
      days: span,
      policy,
      dated: fc.boolean(),
      state: fc.constantFrom('planned', 'in_progress', 'blocked', 'done', 'cancelled'),
      progress: fc.option(hundredths(1)),
      tasks: fc.option(fc.integer({ min: 0, max: 5 }).map((all) => ({ done: Math.floor(all / 2), all }))),
    })
    .map(({ days, dated, ...rest }) =>
      initiative({ id, ...(dated ? days : { firstDay: null, lastDay: null }), ...rest }),
    )

const weight = fc.oneof(
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.5, 3, 100) },
)

const itemOf = (
  type: ItemRef['type'],
  node: { id: string; state: ItemRef['state']; kind?: string; source?: string },
): fc.Arbitrary<ItemRef> =>
  fc.record({
    type: fc.constant(type),
    id: fc.constant(node.id),
    weight,
    state: fc.constant(node.state),
    relation: type === 'objective' ? fc.constantFrom('contributes', 'contributes', 'supports') : fc.constant(null),
    role: node.kind === 'threshold' ? fc.constantFrom('measure', 'guardrail') : fc.constant('measure'),
    deleted: fc.constantFrom(false, false, false, true),
    countedBelow: type === 'objective' ? fc.constantFrom(false, false, true) : fc.constant(false),
  })

const objectives = (id: string, items: fc.Arbitrary<ItemRef[]>): fc.Arbitrary<ObjectiveInput> =>
  fc
    .record({
      days: span,
      policy,
      cadence,
      commitment,
      state,
      reported,
      progressSource: fc.constantFrom('both', 'both', 'both', 'key_results', 'aligned', 'manual'),
      manualProgress: fc.option(hundredths(1)),
      items,
    })
    .map(({ days, ...rest }) => objective({ id, ...days, ...rest }))

const some = (nodes: { type: ItemRef['type']; node: Parameters<typeof itemOf>[1] }[]): fc.Arbitrary<ItemRef[]> =>
  fc
    .subarray(nodes)
    .chain((chosen) =>
      chosen.length === 0 ? fc.constant([]) : fc.tuple(...chosen.map(({ type, node }) => itemOf(type, node))),
    )

/** Key results and initiatives under objectives of three levels, one of them through a key result that is `aligned`. */
export const worlds: fc.Arbitrary<World> = fc
  .tuple(
    fc.tuple(...['k1', 'k2', 'k3', 'k4', 'k5'].map((id) => keyResults(id))),
    fc.tuple(initiatives('i1'), initiatives('i2')),
  )
  .chain(([leaves, work]) => {
    const under = [
      ...leaves.map((node) => ({ type: 'key_result' as const, node })),
      ...work.map((node) => ({ type: 'initiative' as const, node })),
    ]
    return fc.tuple(objectives('o1', some(under)), objectives('o2', some(under))).chain((children) => {
      const aligned = some(children.map((node) => ({ type: 'objective' as const, node })))
      return fc
        .tuple(aligned, some(work.map((node) => ({ type: 'initiative' as const, node }))), policy)
        .chain(([items, tasks, shared]) => {
          const nodes = [
            keyResult({ id: 'k6', source: 'aligned', items, policy: shared }),
            keyResult({ id: 'k7', source: 'initiatives', items: tasks, policy: shared }),
          ]
          const pool = [
            ...under.slice(0, 2),
            ...children.map((node) => ({ type: 'objective' as const, node })),
            ...nodes.map((node) => ({ type: 'key_result' as const, node })),
          ]
          return objectives('o3', some(pool)).chain((middle) =>
            objectives('o4', some([{ type: 'objective', node: middle }, ...pool])).map((top) => ({
              keyResults: [...leaves, ...nodes],
              initiatives: work,
              objectives: [...children, middle, top],
            })),
          )
        })
    })
  })
