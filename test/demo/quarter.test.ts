import { expect, test } from 'vitest'
import { checkInTimes, endOfWeek, quarterOfStory } from '../../src/demo/quarter.ts'

const at = (text: string) => new Date(text)

test.each([
  ['2026-11-21T12:00:00Z', '2026 Q4'],
  ['2026-10-14T23:59:00Z', '2026 Q3'],
  ['2026-10-15T00:00:00Z', '2026 Q4'],
  ['2026-01-05T00:00:00Z', '2025 Q4'],
  ['2026-12-31T23:59:59Z', '2026 Q4'],
])('on %s the story is that of %s', (now, name) => {
  expect(quarterOfStory(at(now)).name).toBe(name)
})

test('people check in on the Fridays so far, and now in a week that has not had its Friday', () => {
  const quarter = { name: '2026 Q4', startsOn: '2026-10-01', endsOn: '2026-12-31' }
  const days = (now: string) => checkInTimes(quarter, at(now)).map((time) => time.toISOString().slice(5, 16))
  expect(days('2026-10-17T08:00:00Z')).toEqual(['10-02T14:00', '10-09T14:00', '10-16T14:00'])
  expect(days('2026-10-20T08:00:00Z')).toEqual(['10-02T14:00', '10-09T14:00', '10-16T14:00', '10-20T08:00'])
  expect(days('2026-10-23T13:00:00Z').at(-1)).toBe('10-23T13:00')
  expect(days('2027-02-01T00:00:00Z')).toHaveLength(13)
  expect(endOfWeek(quarter, 1)).toBe('2026-10-07')
})
