import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const { call } = await createWorld()

const create = async (path: string, body: object): Promise<string> => {
  const answer = await call('POST', `/v1/${path}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body.id
}
const cycle = await create('cycles', { name: 'Y', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })
const objective = (title: string) => create('objectives', { title, cycleId: cycle })
const keyResult = (objectiveId: string) =>
  create('key-results', { objectiveId, title: 'K', kind: 'metric', baseline: 0, target: 10 })

test('of two objectives moved under each other at once exactly one is refused', async () => {
  for (let round = 0; round < 5; round++) {
    const [one, other] = [await objective('one'), await objective('other')]
    const move = (child: string, parent: string) =>
      call('POST', '/v1/alignments', { childObjectiveId: child, parentObjectiveId: parent })
    const answers = await Promise.all([move(one, other), move(other, one)])
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('alignment_cycle')
  }
})

test('who reads after an answer sees the cascaded numbers', async () => {
  const [top, leaf] = [await objective('top'), await objective('leaf')]
  await create('alignments', { childObjectiveId: leaf, parentObjectiveId: top })
  const measure = await keyResult(leaf)
  for (let value = 1; value <= 10; value++) {
    await call('POST', `/v1/key-results/${measure}/check-ins`, { value })
    const reads = await Promise.all(Array.from({ length: 4 }, () => call('GET', `/v1/objectives/${top}`)))
    expect(new Set(reads.map(({ body }) => body.progress))).toEqual(new Set([value / 10]))
  }
})
