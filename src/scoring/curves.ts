import { dayNumber, dayOf, periodStarts } from './calendar.ts'
import { linearPace } from './pace.ts'
import { round6 } from './rounding.ts'
import type { Day, KeyResultInput, Pace, Step, Waypoint } from './types.ts'

const byDay = (one: readonly [Day, number], other: readonly [Day, number]): number =>
  one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0

/** Baseline on the first day, each waypoint on its day, target on the last: as attainment. */
const throughWaypoints = (input: KeyResultInput, waypoints: readonly Waypoint[]): Pace => {
  const { firstDay, lastDay } = input
  const baseline = input.baseline ?? 0
  const distance = (input.target ?? 0) - baseline
  const inside: (readonly [Day, number])[] = []
  for (const { date, value } of waypoints) {
    // Dates may have moved since: a point off the line would bend time backwards.
    if (date >= firstDay && date < lastDay) inside.push([date, (value - baseline) / distance])
  }
  if (inside.length === 0 || distance === 0) return linearPace(firstDay, lastDay)
  inside.sort(byDay)
  return { points: [[firstDay, 0], ...inside, [lastDay, 1]] }
}

/** Weight of the steps due so far over the weight of all; null when no step has a due day. */
const dueSteps = (steps: readonly Step[]): Pace | null => {
  let total = 0
  const due: (readonly [Day, number])[] = []
  for (const { weight, dueOn } of steps) {
    total += weight
    if (dueOn !== null) due.push([dueOn, weight])
  }
  if (due.length === 0 || total === 0) return null
  due.sort(byDay)
  const curve: [Day, number][] = []
  let sum = 0
  for (const [day, weight] of due) {
    sum += weight
    const last = curve.at(-1)
    if (last !== undefined && last[0] === day) last[1] = round6(sum / total)
    else curve.push([day, round6(sum / total)])
  }
  return { steps: curve }
}

/** Elapsed over all periods: a period has elapsed on the day after its end. */
const elapsedPeriods = (input: KeyResultInput): Pace => {
  const first = dayNumber(input.firstDay)
  const last = dayNumber(input.lastDay)
  const period = input.period ?? input.cadence
  // A period a day is a straight line that arrives on the day after the last.
  if (period === 'day') return linearPace(input.firstDay, dayOf(last + 1))
  const starts = periodStarts(first, last, period, input.calendar ?? undefined)
  const curve = starts.map((_, index): [Day, number] => [
    dayOf(starts[index + 1] ?? last + 1),
    round6((index + 1) / starts.length),
  ])
  return curve.length === 0 ? linearPace(input.firstDay, input.lastDay) : { steps: curve }
}

/** Expected progress of a key result over time, null when it is not paced (section 5). */
export const paceOf = (input: KeyResultInput): Pace | null => {
  const { kind, source, firstDay, lastDay, waypoints } = input
  if (source === 'aligned' || source === 'initiatives') return linearPace(firstDay, lastDay)
  if (kind === 'metric') {
    return waypoints == null || waypoints.length === 0
      ? linearPace(firstDay, lastDay)
      : throughWaypoints(input, waypoints)
  }
  if (kind === 'milestone') return dueSteps(input.steps ?? [])
  return kind === 'threshold' && input.mode === 'accrual' ? elapsedPeriods(input) : null
}
