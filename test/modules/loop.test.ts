import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const { call } = await createWorld()

test('a check-in cascades over four levels, by REST and GraphQL', async () => {
  const cycle = await call('POST', '/v1/cycles', {
    name: '2026',
    kind: 'year',
    startsOn: '2026-01-01',
    endsOn: '2026-12-31',
  })
  expect(cycle.status, JSON.stringify(cycle.body)).toBe(201)
  const levels: string[] = []
  for (const title of ['Company', 'Department', 'Team', 'Person']) {
    const objective = await call('POST', '/v1/objectives', { title, cycleId: cycle.body.id })
    expect(objective.status, JSON.stringify(objective.body)).toBe(201)
    if (levels.length > 0) {
      const alignment = await call('POST', '/v1/alignments', {
        childObjectiveId: objective.body.id,
        parentObjectiveId: levels.at(-1),
      })
      expect(alignment.status, JSON.stringify(alignment.body)).toBe(201)
    }
    levels.push(objective.body.id)
  }
  const keyResult = await call('POST', '/v1/key-results', {
    objectiveId: levels.at(-1),
    title: 'NPS',
    kind: 'metric',
    baseline: 75,
    target: 90,
  })
  expect(keyResult.status, JSON.stringify(keyResult.body)).toBe(201)
  const checkIn = await call('POST', `/v1/key-results/${keyResult.body.id}/check-ins`, { value: 84, confidence: 0.7 })
  expect(checkIn.status, JSON.stringify(checkIn.body)).toBe(201)
  expect(checkIn.body.keyResult).toMatchObject({ progress: 0.6, attainment: 0.6, value: 84, dataState: 'ok' })
  for (const id of levels) {
    const { body } = await call('GET', `/v1/objectives/${id}`)
    expect(body).toMatchObject({ progress: 0.6, coverage: 1, confidence: 0.7 })
  }
  const { body } = await call.graphql(
    'query ($id: ID!) { objective(id: $id) { progress health { effective } keyResults { nodes { progress } } alignedFrom { nodes { child { title progress keyResults { nodes { title lastCheckIn { value } } } } } } } }',
    { id: levels[2] },
  )
  expect(body.errors).toBeUndefined()
  expect(body.data.objective.alignedFrom.nodes[0].child).toEqual({
    title: 'Person',
    progress: 0.6,
    keyResults: { nodes: [{ title: 'NPS', lastCheckIn: { value: 84 } }] },
  })
})
