import type { Calendar, Day, Period } from './types.ts'

const two = (day: Day, at: number): number => day.charCodeAt(at) * 10 + day.charCodeAt(at + 1) - 528

// The proleptic Gregorian calendar in years that begin on 1 March, so that the leap day comes last (Hinnant).
const numberOf = (year: number, month: number, day: number): number => {
  const marchYear = month <= 2 ? year - 1 : year
  const leapDays = (marchYear >> 2) - Math.trunc(marchYear / 100) + Math.trunc(marchYear / 400)
  const dayOfYear = Math.trunc((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return marchYear * 365 + leapDays + dayOfYear - 719468
}

const civil = (dayNumber: number): { year: number; month: number; day: number } => {
  const shifted = dayNumber + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** Days since 1970-01-01 of a 'YYYY-MM-DD' day (years 0000..9999). */
export const dayNumber = (day: Day): number => numberOf(two(day, 0) * 100 + two(day, 2), two(day, 5), two(day, 8))

/** `dayNumber`, made for one place that is most often asked for the day it was asked for before, as goals of a cycle are. */
export const dayNumberAgain = (): ((day: Day) => number) => {
  let last = '1970-01-01'
  let number = 0
  return (day) => {
    if (day !== last) {
      number = dayNumber(day)
      last = day
    }
    return number
  }
}

/** The 'YYYY-MM-DD' day of a number of days since 1970-01-01. */
export const dayOf = (number: number): Day => {
  const { year, month, day } = civil(number)
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`
}

/** The first day number of a month counted from January of the year 0; earlier ones are negative. */
const monthStart = (months: number): number => {
  const year = Math.floor(months / 12)
  return numberOf(year, months - year * 12 + 1, 1)
}

const monthsIn = { month: 1, quarter: 3, year: 12 }

/**
 * The day number `count` calendar periods after a day number. A day the month does not have becomes its last one:
 * a month after 31 January is 28 or 29 February.
 */
export const addPeriods = (from: number, period: Period, count: number): number => {
  if (period === 'day') return from + count
  if (period === 'week') return from + 7 * count
  const { year, month, day } = civil(from)
  const months = year * 12 + month - 1 + monthsIn[period] * count
  const first = monthStart(months)
  const next = monthStart(months + 1)
  return Math.min(first + day - 1, next - 1)
}

/** ISO weeks, and years that begin in January. */
export const defaultCalendar: Calendar = { weekStart: 1, fiscalYearStartMonth: 1 }

/** The day number on which the calendar period after the one containing `from` begins. */
export const nextPeriodStart = (from: number, period: Period, calendar: Calendar = defaultCalendar): number => {
  if (period === 'day') return from + 1
  if (period === 'week') {
    // 1970-01-01 was a Thursday, ISO weekday 4.
    const weekday = ((((from + 3) % 7) + 7) % 7) + 1
    return from + 7 - ((weekday - calendar.weekStart + 7) % 7)
  }
  const { year, month } = civil(from)
  const length = monthsIn[period]
  const sinceFiscalStart = (month - calendar.fiscalYearStartMonth + 12) % length
  const months = year * 12 + month - 1 - sinceFiscalStart + length
  return monthStart(months)
}

/**
 * The first day numbers of all calendar periods that touch firstDay..lastDay, ascending. The first and the last
 * period may be cut short by those days; an empty list when lastDay lies before firstDay.
 */
export const periodStarts = (firstDay: number, lastDay: number, period: Period, calendar?: Calendar): number[] => {
  const starts: number[] = []
  for (let start = firstDay; start <= lastDay; start = nextPeriodStart(start, period, calendar)) starts.push(start)
  return starts
}
