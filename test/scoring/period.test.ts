import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  dayNumber,
  dayOf,
  isPeriodFault,
  type Period,
  parsePeriod,
  periodAfter,
  periodOf,
  periodsBetween,
} from '../../src/scoring/index.ts'

const january = { weekStart: 1, fiscalYearStartMonth: 1 }
const april = { weekStart: 1, fiscalYearStartMonth: 4 }
const sunday = { weekStart: 7, fiscalYearStartMonth: 1 }

const read = (text: string, calendar = january, frequency?: Period | 'irregular') => {
  const parsed = parsePeriod(text, calendar, frequency)
  if (isPeriodFault(parsed)) return parsed.code
  const { grain, start, end, label, spanStart } = parsed
  return [grain, start, end, label, ...(spanStart ? [spanStart] : [])].join(' ')
}

test.each([
  ['2026-02-14', 'day 2026-02-14 2026-02-14 2026-02-14'],
  ['2024-02-29', 'day 2024-02-29 2024-02-29 2024-02-29'],
  ['2026-W07', 'week 2026-02-09 2026-02-15 2026-W07'],
  ['2026w7', 'week 2026-02-09 2026-02-15 2026-W07'],
  ['2020-W53', 'week 2020-12-28 2021-01-03 2020-W53'],
  ['2026-W01', 'week 2025-12-29 2026-01-04 2026-W01'],
  ['2026-02', 'month 2026-02-01 2026-02-28 2026-02'],
  ['2025-12', 'month 2025-12-01 2025-12-31 2025-12'],
  ['2026-Q1', 'quarter 2026-01-01 2026-03-31 2026-Q1'],
  ['2026 Q1', 'quarter 2026-01-01 2026-03-31 2026-Q1'],
  ['q4 2026', 'quarter 2026-10-01 2026-12-31 2026-Q4'],
  ['2026', 'year 2026-01-01 2026-12-31 2026'],
  ['FY2026', 'year 2026-01-01 2026-12-31 2026'],
  ['2025-26', 'year 2026-01-01 2026-12-31 2025-2026 2025-01-01'],
  ['2003–2005', 'year 2005-01-01 2005-12-31 2003-2005 2003-01-01'],
  ['1999-00', 'year 2000-01-01 2000-12-31 1999-2000 1999-01-01'],
  ['  2026\u00a0\u2013 q1 ', 'quarter 2026-01-01 2026-03-31 2026-Q1'],
])('%s is read as people mean it', (text, expected) => {
  expect(read(text)).toBe(expected)
})

test.each([
  ['2025-26', 'year 2025-04-01 2026-03-31 2025-26'],
  ['2025/26', 'year 2025-04-01 2026-03-31 2025-26'],
  ['2026', 'year 2025-04-01 2026-03-31 2025-26'],
  ['2026-Q1', 'quarter 2025-04-01 2025-06-30 2026-Q1'],
  ['2026-Q4', 'quarter 2026-01-01 2026-03-31 2026-Q4'],
  ['2026-02', 'month 2026-02-01 2026-02-28 2026-02'],
  ['FY 2011-12', 'year 2011-04-01 2012-03-31 2011-12'],
  ['2003-2005', 'year 2004-04-01 2005-03-31 2003-2005 2002-04-01'],
])('in an organization whose year begins in April, %s', (text, expected) => {
  expect(read(text, april)).toBe(expected)
})

test('YYYY-MM is years for a yearly KPI and a month for all others', () => {
  expect(read('2003-05')).toBe('month 2003-05-01 2003-05-31 2003-05')
  expect(read('2003-05', january, 'irregular')).toBe('month 2003-05-01 2003-05-31 2003-05')
  expect(read('2003-05', january, 'year')).toBe('year 2005-01-01 2005-12-31 2003-2005 2003-01-01')
  expect(read('2011-12', april, 'year')).toBe('year 2011-04-01 2012-03-31 2011-12')
  expect(read('2011-12', april, 'month')).toBe('month 2011-12-01 2011-12-31 2011-12')
  expect(read('2025-12', january, 'year')).toBe('month 2025-12-01 2025-12-31 2025-12')
  expect(read('2003-03', january, 'year')).toBe('month 2003-03-01 2003-03-31 2003-03')
  expect(read('1998-02', january, 'year')).toBe('ambiguous_period')
})

test('weeks follow the organization’s first day', () => {
  expect(read('2026-W01', sunday)).toBe('week 2026-01-04 2026-01-10 2026-W01')
})

test.each([
  [
    '',
    '2026-13',
    '2026-00-10',
    '2026-02-30',
    '2025-02-29',
    '2026-W54',
    '2025-W53',
    '2026-W00',
    '2026-Q5',
    '0026',
    '2926',
  ],
  [
    'last year',
    '20260214',
    '14.02.2026',
    '02/14/2026',
    '2026-02-14T00:00:00Z',
    '2005-2003',
    '2003-2003',
    '2026-2',
    '=1+1',
  ],
  ['２０２６', '2026\u0000', '2026-Q1-Q2', 'NaN', '2026.0', '-2026', '9'.repeat(5000), '1'.repeat(41), '2199-00'],
])('what is no period is refused', (...texts) => {
  for (const text of texts) expect(`${text}: ${read(text)}`).toBe(`${text}: invalid_period`)
})

const grains: Period[] = ['day', 'week', 'month', 'quarter', 'year']
const calendars = fc.record({
  weekStart: fc.integer({ min: 1, max: 7 }),
  fiscalYearStartMonth: fc.integer({ min: 1, max: 12 }),
})
const days = fc.integer({ min: dayNumber('1802-01-01'), max: dayNumber('2197-12-31') }).map(dayOf)

test('a period holds its day, its label reads back as itself, and its neighbours touch it', () => {
  fc.assert(
    fc.property(days, fc.constantFrom(...grains), calendars, (day, grain, calendar) => {
      const period = periodOf(day, grain, calendar)
      expect(period.start <= day && day <= period.end).toBe(true)
      expect(parsePeriod(period.label, calendar, grain)).toEqual({ ...period, spanStart: null })
      const next = periodAfter(period, 1, calendar)
      expect(dayNumber(next.start)).toBe(dayNumber(period.end) + 1)
      expect(periodAfter(next, -1, calendar)).toEqual(period)
      expect(periodOf(period.start, grain, calendar)).toEqual(periodOf(period.end, grain, calendar))
    }),
    { numRuns: 1000 },
  )
})

test('periods between two days cover them without a gap, each once', () => {
  fc.assert(
    fc.property(
      days,
      fc.integer({ min: 0, max: 800 }),
      fc.constantFrom(...grains),
      calendars,
      (from, length, grain, calendar) => {
        const to = dayOf(dayNumber(from) + length)
        const periods = periodsBetween(from, to, grain, calendar)
        expect(periods[0]).toEqual(periodOf(from, grain, calendar))
        expect(periods.at(-1)).toEqual(periodOf(to, grain, calendar))
        for (const [at, period] of periods.slice(1).entries())
          expect(dayNumber(period.start)).toBe(dayNumber(periods[at]?.end ?? '') + 1)
      },
    ),
  )
  expect(periodsBetween('2026-01-02', '2026-01-01', 'month')).toEqual([])
})

test('any text is answered, none throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), calendars, (text, calendar) => {
      expect(parsePeriod(text, calendar, 'year')).toBeTypeOf('object')
    }),
  )
})
