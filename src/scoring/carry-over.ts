import type { Definition, Reading, Source, Step } from './types.ts'

export type CarryOverMode = 'rebaseline' | 'keep' | 'restart'
export type CarriedFrom = Definition & {
  source: Source
  attainment: number | null
  /** The last v, in the key result's unit. */
  value: number | null
  /** Ordinal: the zone last reported. */
  zone?: string | null
}
export type CarriedOver =
  | { outcome: 'reached' }
  | {
      outcome: 'carried'
      definition: Definition
      /** Mode `keep`: the one reading the new key result opens with, marked as carried. */
      openingReading: Omit<Reading, 'day'> | null
    }

/** Baseline and target must stay this far apart (section 1). */
const smallestDistance = 1e-9

const carrySteps = (steps: readonly Step[], mode: CarryOverMode): Step[] => {
  const carried: Step[] = []
  for (const step of steps) {
    if (mode === 'rebaseline' && step.done) continue
    // Due days belong to the period that ended.
    carried.push({ ...step, done: mode === 'keep' && step.done, dueOn: null })
  }
  return carried
}

const definitionOf = (from: Definition): Definition => {
  const { kind, baseline, target, min, max, exclusive, mode, period, zones } = from
  return { kind, baseline, target, waypoints: null, min, max, exclusive, mode, period, steps: from.steps, zones }
}

/**
 * The definition of a key result in the cycle after its own, or `reached` when its attainment is 1 or more and it is
 * left behind (section 6). `rebaseline` starts from the last value, `keep` keeps baseline and target and opens with the
 * last value, `restart` begins anew. Waypoints and due days are not carried: their dates have passed.
 */
export const carryOver = (from: CarriedFrom, mode: CarryOverMode): CarriedOver => {
  if (from.attainment !== null && from.attainment >= 1) return { outcome: 'reached' }
  const definition = definitionOf(from)
  if (from.kind === 'milestone') definition.steps = carrySteps(from.steps ?? [], mode)
  const { value, zone = null } = from
  if (mode === 'rebaseline' && from.kind === 'metric' && value !== null) {
    if (from.target == null || Math.abs(from.target - value) >= smallestDistance) definition.baseline = value
  }
  const opens =
    mode === 'keep' && from.source === 'checkins' && from.kind !== 'milestone' && (value !== null || zone !== null)
  return {
    outcome: 'carried',
    definition,
    openingReading: opens ? { value: zone === null ? value : null, zone } : null,
  }
}
