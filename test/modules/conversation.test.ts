import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'
import { createIssuer, createPerson } from '../support/people.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings })
const { call } = world
const { make, read, cycle, objective, keyResult, checkIn } = goalsOf(call)
const year = await cycle()

const person = (userName: string) => createPerson(world, issuer, { userName, displayName: userName })
const ann = await person('ann')
const bob = await person('bob')

/** One of each that can be spoken about, all of them Ann's. */
const subjectsOf = async (members: object = {}) => {
  const goal = await objective(year.id, 'Spoken of', { ownerType: 'user', ownerId: ann.id, ...members })
  const measure = await keyResult(goal.id)
  const work = await make('initiatives', { title: 'Work', objectiveId: goal.id })
  const reading = await checkIn(measure.id, { value: 1 })
  return { objective: goal.id, key_result: measure.id, initiative: work.id, check_in: reading.id }
}
const open = await subjectsOf()
const secret = await subjectsOf({ visibility: 'private' })

test.each(['objective', 'key_result', 'initiative', 'check_in'] as const)('a comment on a %s', async (subjectType) => {
  const said = { subjectType, subjectId: open[subjectType], body: 'Well done', mentions: [ann.id, ann.id] }
  const made = await bob.call('POST', '/v1/comments', said)
  expect(made).toMatchObject({ status: 201, body: { ...said, mentions: [ann.id], authorId: bob.id } })
  const url = `/v1/comments/${made.body.id}`
  expect((await read(`comments?subjectId=${open[subjectType]}&mentions=${ann.id}`)).items).toEqual([made.body])
  expect((await ann.call('PATCH', url, { body: 'Mine now' })).status).toBe(403)
  expect((await bob.call('PATCH', url, { body: 'Very well done' })).body).toMatchObject({
    version: 2,
    mentions: [ann.id],
  })
  const hidden = { ...said, subjectId: secret[subjectType] }
  expect((await bob.call('POST', '/v1/comments', hidden)).body).toMatchObject({
    status: 422,
    errors: [{ pointer: '/subjectId', code: 'reference_not_found' }],
  })
  const whisper = await ann.call('POST', '/v1/comments', hidden)
  expect(whisper.status, JSON.stringify(whisper.body)).toBe(201)
  expect((await bob.call('GET', `/v1/comments/${whisper.body.id}`)).status).toBe(404)
  expect((await bob.call('GET', `/v1/comments?subjectId=${hidden.subjectId}`)).body.items).toEqual([])
  expect((await call('DELETE', url)).status).toBe(204)
})

test('GraphQL: the subject is a union, and lists what was said of it', async () => {
  for (const subjectType of ['objective', 'check_in'] as const)
    await make('comments', { subjectType, subjectId: open[subjectType], body: `On the ${subjectType}` })
  await make('blockers', { subjectType: 'initiative', subjectId: open.initiative, title: 'No budget' })
  const { body } = await call.graphql(
    `query ($objective: ID!, $checkIn: ID!, $initiative: ID!) {
      objective(id: $objective) { comments { nodes { body subject { __typename ... on Objective { title } } } } }
      checkIn(id: $checkIn) { comments { nodes { subject { __typename ... on CheckIn { value } } } } }
      initiative(id: $initiative) { blockers { nodes { title subject { ... on Initiative { title } } } } }
    }`,
    { objective: open.objective, checkIn: open.check_in, initiative: open.initiative },
  )
  expect(body.errors).toBeUndefined()
  expect(body.data).toEqual({
    objective: {
      comments: { nodes: [{ body: 'On the objective', subject: { __typename: 'Objective', title: 'Spoken of' } }] },
    },
    checkIn: { comments: { nodes: [{ subject: { __typename: 'CheckIn', value: 1 } }] } },
    initiative: { blockers: { nodes: [{ title: 'No budget', subject: { title: 'Work' } }] } },
  })
})

test('a blocker is raised with a check-in, resolved and opened again', async () => {
  const raised = { subjectType: 'key_result', subjectId: open.key_result, checkInId: open.check_in, title: 'Waiting' }
  const made = await ann.call('POST', '/v1/blockers', raised)
  expect(made).toMatchObject({ status: 201, body: { ...raised, state: 'open', severity: 'medium', resolvedAt: null } })
  const url = `/v1/blockers/${made.body.id}`
  expect((await bob.call('PATCH', url, { state: 'resolved' })).status).toBe(403)
  await call('PATCH', url, { ownerId: bob.id })
  const resolved = await bob.call('PATCH', url, { state: 'resolved' })
  expect(resolved.body).toMatchObject({ state: 'resolved', resolvedAt: resolved.body.updatedAt })
  const later = await bob.call('PATCH', url, { state: 'resolved', title: 'Waited' })
  expect(later.body.resolvedAt).toBe(resolved.body.resolvedAt)
  expect((await bob.call('PATCH', url, { state: 'open' })).body.resolvedAt).toBeNull()
  expect((await read(`blockers?state=open&subjectType=key_result`)).items.map(({ id }: { id: string }) => id)).toEqual([
    made.body.id,
  ])
})

test('a blocker is refused where it does not belong', async () => {
  const on = (members: object, caller = call) => caller('POST', '/v1/blockers', { title: 'Stuck', ...members })
  const work = { subjectType: 'initiative', subjectId: open.initiative }
  expect((await on({ ...work, checkInId: open.check_in })).body.errors[0].pointer).toBe('/checkInId')
  expect((await on({ ...work, subjectId: open.objective })).body.errors[0].pointer).toBe('/subjectId')
  expect((await on({ ...work, subjectType: 'check_in' })).body.errors[0].pointer).toBe('/subjectType')
  expect((await on(work, bob.call)).status).toBe(403)
  expect((await on(work, ann.call)).status).toBe(201)
})

test('a retrospective of an objective, a team, and the cycle', async () => {
  const team = await make('teams', { name: 'Team', kind: 'standing' })
  const hold = (members: object, caller = call) =>
    caller('POST', `/v1/cycles/${year.id}/retrospectives`, { worked: 'Weekly check-ins', ...members })
  const ofGoal = await hold({ objectiveId: open.objective, heldOn: '2026-12-30' }, ann.call)
  expect(ofGoal).toMatchObject({ status: 201, body: { cycleId: year.id, teamId: null, authorId: ann.id } })
  expect((await hold({ teamId: team.id }, ann.call)).status).toBe(403)
  await make('team-memberships', { teamId: team.id, userId: ann.id })
  expect((await hold({ teamId: team.id }, ann.call)).status).toBe(201)
  expect((await hold({}, ann.call)).status).toBe(403)
  expect((await hold({})).status).toBe(201)
  const ofSecret = await hold({ objectiveId: secret.objective })
  expect((await read(`cycles/${year.id}/retrospectives`)).items).toHaveLength(4)
  expect((await bob.call('GET', `/v1/cycles/${year.id}/retrospectives`)).body.items).toHaveLength(3)
  expect((await bob.call('GET', `/v1/retrospectives/${ofSecret.body.id}`)).status).toBe(404)
  const other = await cycle({ name: 'Other' })
  const strange = await call('POST', `/v1/cycles/${other.id}/retrospectives`, {
    worked: 'It',
    objectiveId: open.objective,
  })
  expect([strange.status, strange.body.errors[0].pointer]).toEqual([422, '/objectiveId'])
  expect((await hold({ objectiveId: open.objective, teamId: team.id })).status).toBe(422)
  expect((await hold({ worked: null })).body.errors[0].pointer).toBe('/worked')
  expect((await call('DELETE', `/v1/teams/${team.id}`)).body.code).toBe('has_dependents')
})
