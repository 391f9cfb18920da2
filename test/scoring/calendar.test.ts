import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { addPeriods, dayNumber, dayOf, nextPeriodStart } from '../../src/scoring/index.ts'
import { plus } from './naive.ts'

const days = fc.integer({ min: dayNumber('0001-01-01'), max: dayNumber('9990-12-31') })

test('day numbers and days are each other’s inverse, and agree with Date', () => {
  fc.assert(
    fc.property(days, (number) => {
      const day = dayOf(number)
      expect(dayNumber(day)).toBe(number)
      expect(day).toBe(new Date(number * 86_400_000).toISOString().slice(0, 10))
    }),
    { numRuns: 1000 },
  )
})

test('calendar periods agree with Date', () => {
  fc.assert(
    fc.property(
      days,
      fc.constantFrom('day', 'week', 'month', 'quarter', 'year'),
      fc.integer({ min: 0, max: 9 }),
      (number, period, count) => {
        expect(dayOf(addPeriods(number, period, count))).toBe(plus(dayOf(number), period, count))
      },
    ),
  )
})

test('a period begins on its first day, whatever day of it one starts from', () => {
  fc.assert(
    fc.property(
      days,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 12 }),
      (number, weekStart, fiscalYearStartMonth) => {
        const calendar = { weekStart, fiscalYearStartMonth }
        const week = nextPeriodStart(number, 'week', calendar)
        expect(new Date(week * 86_400_000).getUTCDay()).toBe(weekStart % 7)
        expect(week - number).toBeGreaterThanOrEqual(1)
        expect(week - number).toBeLessThanOrEqual(7)
        const year = dayOf(nextPeriodStart(number, 'year', calendar))
        expect(year.slice(5)).toBe(`${String(fiscalYearStartMonth).padStart(2, '0')}-01`)
        const quarter = nextPeriodStart(number, 'quarter', calendar)
        expect((Number(dayOf(quarter).slice(5, 7)) - fiscalYearStartMonth + 12) % 3).toBe(0)
        expect(nextPeriodStart(quarter - 1, 'quarter', calendar)).toBe(quarter)
        expect(quarter - number).toBeLessThanOrEqual(92)
      },
    ),
  )
})
