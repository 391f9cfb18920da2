import { z } from 'zod'
import { day, id, name, quantity, weight } from '../../api/fields.ts'
import { newId } from '../../api/new-id.ts'
import { inputProblem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import { defaultZones, scoringVersion } from '../../scoring/index.ts'
import { openingState } from '../goals/goal.fields.ts'
import { keyResultSchema } from './key-result.resource.ts'
import type { keyResults, Step } from './key-result.table.ts'

type KeyResult = typeof keyResults.$inferSelect

const {
  externalId,
  objectiveId,
  title,
  ownerId,
  kind,
  source,
  kpiId,
  kpiWindow,
  role,
  state,
  unit,
  baseline,
  target,
  waypoints,
} = keyResultSchema.shape
const { min, max, exclusive, mode, period, zones, cadence, startsOn, dueOn } = keyResultSchema.shape

const stepInput = z
  .strictObject({ id: id.optional(), title: name, weight: weight.optional(), dueOn: day.nullable().optional() })
  .meta({ id: 'StepInput', description: 'Its weight is 1 unless said; `id` keeps what is known of an existing step.' })

const steps = z.array(stepInput).max(200).nullable()

const definition = {
  unit,
  baseline,
  target,
  waypoints,
  min,
  max,
  exclusive,
  mode,
  period,
  steps,
  zones,
}

export const createKeyResultInput = z.strictObject({
  externalId: externalId.default(null),
  objectiveId,
  title,
  ownerId: ownerId.default(null),
  kind,
  source: source.default('checkins'),
  kpiId: kpiId.default(null),
  kpiWindow: kpiWindow.optional(),
  role: role.default('measure'),
  state: openingState.default('active'),
  weight: weight.default(1),
  cadence: cadence.optional(),
  startsOn: startsOn.default(null),
  dueOn: dueOn.default(null),
  ...Object.fromEntries(Object.entries(definition).map(([key, schema]) => [key, schema.optional()])),
  targetChangePercent: quantity
    .optional()
    .meta({ description: 'The target as a change of the baseline: 20 is +20 %.' }),
})

export const updateKeyResultInput = z
  .strictObject({
    externalId,
    title,
    ownerId,
    kpiWindow,
    role,
    state,
    weight,
    cadence,
    startsOn,
    dueOn,
    ...definition,
    targetChangePercent: quantity,
    reason: z
      .string()
      .trim()
      .min(1)
      .max(2_000)
      .meta({ description: 'Why; needed to move baseline, target, bounds, steps or weight, or to cancel, once read.' }),
  })
  .partial()

/** Which members belong to which kind; those of other kinds stay null. */
const membersOf: Record<KeyResult['kind'], readonly (keyof typeof definition)[]> = {
  metric: ['baseline', 'target', 'waypoints'],
  threshold: ['min', 'max', 'exclusive', 'mode', 'period'],
  milestone: ['steps'],
  ordinal: ['zones'],
  baseline: [],
}

/** What is stored for an input: steps with ids and weights, the target a percentage stands for, defaults of the kind. */
export const keyResultRow = (input: Row, before: KeyResult | null, cadenceOf: string): Row => {
  const kindOf = (before?.kind ?? input['kind']) as KeyResult['kind']
  const foreign = Object.keys(definition).find(
    (key) => key !== 'unit' && input[key] != null && !membersOf[kindOf].includes(key as never),
  )
  if (foreign) throw inputProblem('invalid_input', `/${foreign}`, `does not belong to the kind ${kindOf}`)

  const row: Row = {}
  const percent = input['targetChangePercent'] as number | undefined
  if (percent !== undefined) row['target'] = targetOf(input, before, percent)
  if (Array.isArray(input['steps']))
    row['steps'] = stepsOf(input['steps'] as z.output<typeof stepInput>[], before?.steps ?? [])
  if (before) return row
  if (input['source'] === 'kpi') row['kpiWindow'] = input['kpiWindow'] ?? 'latest'
  return {
    ...(kindOf === 'threshold' ? { exclusive: false, mode: 'latest' } : {}),
    ...(kindOf === 'ordinal' ? { zones: input['zones'] ?? defaultZones } : {}),
    ...given(input),
    ...row,
    cadence: input['cadence'] ?? cadenceOf,
    scoringVersion,
  }
}

const given = (input: Row): Row =>
  Object.fromEntries(['exclusive', 'mode', 'zones'].flatMap((key) => (input[key] == null ? [] : [[key, input[key]]])))

const targetOf = (input: Row, before: KeyResult | null, percent: number): number => {
  if (input['target'] != null)
    throw inputProblem('invalid_input', '/targetChangePercent', 'give the target or its change, not both')
  const from = (input['baseline'] ?? before?.baseline) as number | null | undefined
  if (from == null) throw inputProblem('invalid_input', '/targetChangePercent', 'needs a baseline')
  // Fifteen digits are what a double holds of a decimal number: 110 and 10 % more is 121, and not a hair above.
  return Number(((from * (100 + percent)) / 100).toPrecision(15))
}

const stepsOf = (given: z.output<typeof stepInput>[], before: readonly Step[]): Step[] =>
  given.map(({ id: known, title: label, weight: own, dueOn: due }, at) => {
    if (known && given.findIndex((each) => each.id === known) < at)
      throw inputProblem('invalid_input', `/steps/${at}/id`, 'the same step twice')
    const old = before.find((step) => step.id === known)
    if (known && !old) throw inputProblem('reference_not_found', `/steps/${at}/id`, 'there is no such step')
    return {
      id: known ?? newId(),
      title: label,
      weight: own ?? old?.weight ?? 1,
      dueOn: due === undefined ? (old?.dueOn ?? null) : due,
      done: old?.done ?? false,
    }
  })
