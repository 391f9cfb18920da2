import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const { call, as, key } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const goals = goalsOf(call)

test('a cycle is summed up with each objective once, by pillar, department and team', async () => {
  const { id: cycleId } = await goals.cycle()
  const pillar = await goals.make('pillars', { title: 'Growth' })
  const department = await goals.make('departments', { name: 'Sales' })
  const team = await goals.make('teams', { name: 'Inside sales' })
  const person = await goals.make('users', { userName: 'ann', displayName: 'Ann' })
  const owned = (ownerType: string, ownerId: string) => ({ ownerType, ownerId })
  const at = async (title: string, value: number | null, given: object = {}) => {
    const objective = await goals.objective(cycleId, title, given as Record<string, unknown>)
    const keyResult = await goals.keyResult(objective.id)
    if (value !== null) await goals.checkIn(keyResult.id, { value })
    return objective
  }
  const top = await goals.objective(cycleId, 'Top', { pillarId: pillar.id })
  const other = await goals.objective(cycleId, 'Other')
  const sales = await at('Sales', 90, { ...owned('department', department.id), pillarId: pillar.id })
  await at('Team', 10, owned('team', team.id))
  await at('Person', 50, owned('user', person.id))
  await at('Secret', 30, { ...owned('team', team.id), visibility: 'private' })
  await at('Silent', null)
  await at('Draft', 100, { state: 'draft' })
  // Counted below two parents, and once here.
  for (const parent of [top, other]) await goals.align(sales.id, { parentObjectiveId: parent.id })

  const all = await goals.read(`cycles/${cycleId}/summary`)
  expect(all).toMatchObject({ objectives: 7, hidden: { count: 0, weight: 0, contribution: 0 }, scoringVersion: 1 })
  // (0.9 · 3 + 0.1 + 0.5 + 0.3 + 0) ÷ 7, of which all but one have data
  expect(all.progress).toBe(0.514286)
  expect(all.coverage).toBe(0.857143)
  expect(all.health).toEqual({
    on_track: 4,
    at_risk: 1,
    off_track: 1,
    achieved: 0,
    stale: 0,
    closed: 0,
    not_started: 0,
    no_data: 1,
  })
  expect(all.byPillar.map(({ name, objectives, progress }: any) => [name, objectives, progress])).toEqual([
    ['Growth', 2, 0.9],
    [null, 5, 0.36],
  ])
  expect(all.byDepartment.map(({ id, progress }: any) => [id, progress])).toEqual([[department.id, 0.9]])
  expect(all.byTeam.map(({ id, objectives, progress }: any) => [id, objectives, progress])).toEqual([[team.id, 2, 0.2]])
  expect(JSON.stringify(all)).not.toContain(person.id)

  const seen = (await as(await key('viewer'))('GET', `/v1/cycles/${cycleId}/summary`)).body
  expect(seen).toMatchObject({
    objectives: 6,
    progress: 0.514286,
    hidden: { count: 1, weight: 1, contribution: 0.042857 },
  })
  expect(seen.byTeam).toEqual([
    expect.objectContaining({ objectives: 1, hidden: expect.objectContaining({ count: 1 }) }),
  ])
})

test('a cycle without goals has no number', async () => {
  const { id } = await goals.cycle()
  expect(await goals.read(`cycles/${id}/summary`)).toMatchObject({
    objectives: 0,
    progress: null,
    coverage: null,
    byPillar: [],
  })
})
