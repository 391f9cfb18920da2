import { expect } from 'vitest'
import type { Caller } from './app.ts'

type Members = Record<string, unknown>

/** Short ways to make goals; each fails the test with the problem it met. */
export const goalsOf = (call: Caller) => {
  const make = async (path: string, body: Members): Promise<any> => {
    const answer = await call('POST', `/v1/${path}`, body)
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBe(201)
    return answer.body
  }
  const days = { startsOn: '2026-01-01', endsOn: '2026-12-31' }
  return {
    make,
    cycle: (given: Members = {}) => make('cycles', { name: '2026', kind: 'year', ...days, ...given }),
    objective: (cycleId: string, title: string, given: Members = {}) =>
      make('objectives', { title, cycleId, ...given }),
    keyResult: (objectiveId: string, given: Members = {}) =>
      make('key-results', { objectiveId, title: 'Measure', kind: 'metric', baseline: 0, target: 100, ...given }),
    align: (childObjectiveId: string, parent: Members) => make('alignments', { childObjectiveId, ...parent }),
    checkIn: (keyResultId: string, body: Members) => make(`key-results/${keyResultId}/check-ins`, body),
    read: async (path: string): Promise<any> => {
      const answer = await call('GET', `/v1/${path}`)
      expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBe(200)
      return answer.body
    },
    act: async (path: string, body?: Members): Promise<any> => {
      const answer = await call('POST', `/v1/${path}`, body)
      expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBe(200)
      return answer.body
    },
  }
}
