/** A stretch of calendar days, first and last, YYYY-MM-DD. */
export type Span = { name: string; startsOn: string; endsOn: string }

const dayMilliseconds = 86_400_000
const friday = 5
/** Of the working day, UTC. */
const checkInHour = 14

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** The quarters of a calendar year. */
export const quartersOf = (year: number): Span[] =>
  [0, 1, 2, 3].map((at) => ({
    name: `${year} Q${at + 1}`,
    startsOn: dayOf(new Date(Date.UTC(year, at * 3, 1))),
    endsOn: dayOf(new Date(Date.UTC(year, at * 3 + 3, 0))),
  }))

const quarterAt = (at: Date): Span => quartersOf(at.getUTCFullYear()).find(({ endsOn }) => dayOf(at) <= endsOn) as Span

/** The quarter of the story: today's, or the one before it while today's has nothing to tell yet. */
export const quarterOfStory = (now: Date): Span => {
  const current = quarterAt(now)
  const age = now.getTime() - Date.parse(current.startsOn)
  return age < 14 * dayMilliseconds ? quarterAt(new Date(Date.parse(current.startsOn) - 1)) : current
}

const isBeforeWeekend = (at: Date): boolean => at.getUTCDay() >= 1 && at.getUTCDay() <= friday

/** The Friday afternoons of a quarter, on which people check in; the week of `now`, if it has not had its Friday, at `now`. */
export const checkInTimes = ({ startsOn, endsOn }: Span, now: Date): Date[] => {
  const times: Date[] = []
  const end = Date.parse(endsOn) + dayMilliseconds
  for (let at = Date.parse(startsOn) + checkInHour * 3_600_000; at < end; at += dayMilliseconds) {
    if (new Date(at).getUTCDay() !== friday) continue
    if (at >= now.getTime()) return isBeforeWeekend(now) ? [...times, now] : times
    times.push(new Date(at))
  }
  return times
}

/** The day a week of the quarter ends on; weeks count from 1. */
export const endOfWeek = ({ startsOn }: Span, week: number): string =>
  dayOf(new Date(Date.parse(startsOn) + (7 * week - 1) * dayMilliseconds))
