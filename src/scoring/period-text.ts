import { dayNumber, dayOf, defaultCalendar } from './calendar.ts'
import { type CalendarPeriod, firstWeekOf, periodOf, weekOf } from './period.ts'
import type { Calendar, Period } from './types.ts'

/**
 * What a text says of time. A span of several years is stored by its last year: `start`, `end` and `grain` are that
 * year's, `spanStart` the first day of all. Null for everything else.
 */
export type ParsedPeriod = CalendarPeriod & { spanStart: string | null }
/** Why a text is no period, in words a caller can act on. */
export type PeriodFault = { code: 'invalid_period' | 'ambiguous_period'; message: string }

/** Years a measurement may belong to: what lies outside is a slip of the pen. */
/** Years that periods lie in: what has no measurements needs no series either. */
export const firstYear = 1800
const lastYear = 2199
/** Longest span, in years, of `YYYY-YY` that runs into the next century; what is longer is a slip of the pen. */
const plausibleSpan = 20

const pad = (number: number): string => String(number).padStart(2, '0')
const fault = (code: PeriodFault['code'], message: string): PeriodFault => ({ code, message })
const whole = (period: CalendarPeriod): ParsedPeriod => ({ ...period, spanStart: null })

const forms =
  'a day 2026-02-14, week 2026-W07, month 2026-02, quarter 2026-Q1, year 2026, fiscal year 2025-26 or span 2003-2005'

/** Any dash or slash becomes `-`, any space one space and none around dashes, letters capitals. */
const tidied = (text: string): string =>
  text
    .trim()
    .toUpperCase()
    .replaceAll(/[\u2010-\u2015\u2212/]/g, '-')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?- ?/g, '-')

type Read = (groups: string[], calendar: Calendar, frequency: Frequency) => ParsedPeriod | PeriodFault
type Frequency = Period | 'irregular' | undefined

/** The year that goes by this number: where fiscal years do not begin in January, the one that ends in it. */
const yearNamed = (year: number, calendar: Calendar): CalendarPeriod =>
  periodOf(
    `${year - (calendar.fiscalYearStartMonth === 1 ? 0 : 1)}-${pad(calendar.fiscalYearStartMonth)}-01`,
    'year',
    calendar,
  )

const readDay: Read = ([year = '', month = '', day = '']) => {
  const text = `${year}-${month}-${day}`
  const known = Number(month) >= 1 && Number(month) <= 12 && dayOf(dayNumber(text)) === text
  return known ? whole(periodOf(text, 'day')) : fault('invalid_period', `There is no day ${text}`)
}

const readWeek: Read = ([year = '', week = ''], calendar) => {
  const start = firstWeekOf(Number(year), calendar) + (Number(week) - 1) * 7
  if (Number(week) < 1 || weekOf(start, calendar).year !== Number(year))
    return fault('invalid_period', `The year ${year} has no week ${week}`)
  return whole(periodOf(dayOf(start), 'week', calendar))
}

const readQuarter: Read = ([year = '', quarter = ''], calendar) => {
  const first = yearNamed(Number(year), calendar).start
  const months = Number(first.slice(5, 7)) - 1 + (Number(quarter) - 1) * 3
  const day = `${Number(first.slice(0, 4)) + Math.floor(months / 12)}-${pad((months % 12) + 1)}-01`
  return whole(periodOf(day, 'quarter', calendar))
}

const readYears = (from: number, to: number, calendar: Calendar): ParsedPeriod | PeriodFault => {
  if (to <= from || to > lastYear) return fault('invalid_period', `${from}-${to} does not run forward in time`)
  const last = yearNamed(to, calendar)
  // Where fiscal years straddle the new year, two years with a dash between them are one fiscal year.
  if (to === from + 1 && calendar.fiscalYearStartMonth !== 1) return whole(last)
  return { ...last, label: `${from}-${to}`, spanStart: yearNamed(from, calendar).start }
}

/**
 * `2003-05` is May 2003 or the years 2003 to 2005: yearly KPIs read years, all others read a month. `2025-26` can only
 * be years. Where a yearly KPI's span would cross a century (`1998-02`), nothing tells which is meant.
 */
const readShort: Read = ([first = '', second = ''], calendar, frequency) => {
  const year = Number(first)
  const two = Number(second)
  const century = year - (year % 100)
  const to = century + two > year ? century + two : century + 100 + two
  const isMonth = two >= 1 && two <= 12
  const isSpan = to < century + 100 || to - year <= plausibleSpan
  if (!isMonth)
    return isSpan
      ? readYears(year, to, calendar)
      : fault('invalid_period', `${first}-${second} is no month and no span`)
  if (frequency !== 'year' || !isSpan) return whole(periodOf(`${first}-${second}-01`, 'month', calendar))
  if (to < century + 100) return readYears(year, to, calendar)
  const message = `${first}-${second} may be a month or ${year} to ${to}: write ${year}-${to}, or a day of the month`
  return fault('ambiguous_period', message)
}

const shapes: [RegExp, Read][] = [
  [/^(\d{4})-(\d{2})-(\d{2})$/, readDay],
  [/^(\d{4})[- ]?W(\d{1,2})$/, readWeek],
  [/^(\d{4})[- ]?Q([1-4])$/, readQuarter],
  [/^Q([1-4])[- ]?(\d{4})$/, ([quarter = '', year = ''], ...rest) => readQuarter([year, quarter], ...rest)],
  [/^(?:FY ?)?(\d{4})$/, ([year], calendar) => whole(yearNamed(Number(year), calendar))],
  [/^(?:FY ?)?(\d{4})-(\d{4})$/, ([from, to], calendar) => readYears(Number(from), Number(to), calendar)],
  [/^FY ?(\d{4})-(\d{2})$/, (years, calendar) => readShort(years, calendar, 'year')],
  [/^(\d{4})-(\d{2})$/, readShort],
]

/**
 * Reads a period as people write it, dashes and spaces of any kind. `frequency` is that of the KPI and decides how
 * `YYYY-MM` is read (readShort). Weeks are numbered as in ISO 8601, from the organization's first day of the week;
 * quarters and years are fiscal, and a bare year is the fiscal year that ends in it.
 * Answers a fault, never throws: `invalid_period`, or `ambiguous_period` where two readings are as good.
 */
export const parsePeriod = (
  text: string,
  calendar: Calendar = defaultCalendar,
  frequency?: Frequency,
): ParsedPeriod | PeriodFault => {
  const tidy = text.length > 40 ? '' : tidied(text)
  for (const [shape, read] of shapes) {
    const found = shape.exec(tidy)
    if (!found) continue
    const years = tidy.match(/\d{4}/g) ?? []
    if (years.some((year) => Number(year) < firstYear || Number(year) > lastYear))
      return fault('invalid_period', `Years run from ${firstYear} to ${lastYear}`)
    return read(found.slice(1), calendar, frequency)
  }
  return fault('invalid_period', `Not a period: write ${forms}`)
}

/** Tells a fault from a period. */
export const isPeriodFault = (parsed: ParsedPeriod | PeriodFault): parsed is PeriodFault => 'code' in parsed
