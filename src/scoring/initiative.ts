import { dayNumber } from './calendar.ts'
import { gapAlong, never, type Outlook } from './health.ts'
import { linearPace } from './pace.ts'
import { clamp01, round6 } from './rounding.ts'
import { timelineOf } from './timeline.ts'
import type { Day, InitiativeInput, NodeScore } from './types.ts'

const reportedProgress = ({ state, tasks, progress }: InitiativeInput): number | null => {
  if (state === 'done') return 1
  if (tasks !== null && tasks.all > 0) return round6(clamp01(tasks.done / tasks.all))
  return progress === null ? null : round6(clamp01(progress))
}

/**
 * Scores an initiative as of a day (section 3): 1 when done, else done over all tasks, else what was reported. With
 * nothing reported it is treated like a key result without a reading. It is paced when it has both dates.
 */
export const scoreInitiative = (input: InitiativeInput, today: Day): NodeScore => {
  const attainment = reportedProgress(input)
  const hasData = attainment !== null
  const missing = !hasData && input.policy.missing === 'exclude'
  const progress = missing ? null : (attainment ?? 0)
  const { firstDay, lastDay } = input
  const pace = firstDay !== null && lastDay !== null ? linearPace(firstDay, lastDay) : null
  const outlook: Outlook = {
    closed: false,
    read: hasData,
    startedOn: firstDay === null ? -never : dayNumber(firstDay),
    hasData,
    progress,
    lastDay: lastDay === null ? never : dayNumber(lastDay),
    commitment: 'committed',
    inside: null,
    unpaced: 'on_track',
    gap: gapAlong(pace, 1, 1, progress ?? 0),
    bands: input.policy.bands,
    atRiskFrom: never,
    offTrackFrom: never,
    reported: null,
    reportedUntil: -never,
    staleFrom: never,
    members: null,
    worst: false,
  }
  return {
    value: null,
    attainment,
    progress,
    reason: missing ? 'no_data' : null,
    coverage: hasData ? 1 : 0,
    confidence: null,
    projected: null,
    pace,
    timeline: timelineOf(outlook, today),
    dataState: hasData ? 'ok' : 'no_data',
    read: hasData,
    inside: null,
    scoredOn: today,
  }
}
