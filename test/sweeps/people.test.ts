import { describe, expect, test } from 'vitest'
import type { Scope } from '../../src/auth/actor.ts'
import { createWorld } from '../support/app.ts'
import { createIssuer, createPerson, type Person } from '../support/people.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings })
const { call } = world
const post = async (path: string, body: object) => {
  const answer = await call('POST', `/v1/${path}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

const head = await createPerson(world, issuer, { roles: ['manager'] })
const manager = await createPerson(world, issuer, { roles: ['manager'], managerId: head.id })
const member = await createPerson(world, issuer, { managerId: manager.id })
const teammate = await createPerson(world, issuer)
const contributor = await createPerson(world, issuer)
const stranger = await createPerson(world, issuer)
const otherManager = await createPerson(world, issuer, { roles: ['manager'] })
const viewer = await createPerson(world, issuer, { roles: ['viewer'] })
const hr = await createPerson(world, issuer, { roles: ['hr'] })
const administrator = await createPerson(world, issuer, { roles: ['admin'] })
const everybody = { head, manager, member, teammate, contributor, stranger, otherManager, viewer, hr, administrator }
type Name = keyof typeof everybody

const department = await post('departments', { name: 'D', leadId: manager.id })
const inside = await post('departments', { name: 'Inside D', parentId: department.id })
const team = await post('teams', { name: 'T', leadId: member.id })
await post('team-memberships', { teamId: team.id, userId: teammate.id })
const cycle = await post('cycles', { name: 'Y', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })

const contributors = [{ type: 'user', id: contributor.id }]
const goal = async (owner: object) => {
  const objective = await post('objectives', { title: 'O', cycleId: cycle.id, contributors, ...owner })
  const metric = { objectiveId: objective.id, title: 'K', kind: 'metric', baseline: 0, target: 10 }
  return { objective, keyResult: await post('key-results', metric) }
}

const who = async (may: (person: Person) => Promise<{ status: number; body: { code?: string } | null }>) => {
  const able: string[] = []
  for (const [name, person] of Object.entries(everybody)) {
    const { status, body } = await may(person)
    if (status < 300) able.push(name)
    else expect([status, body?.code]).toEqual([403, 'forbidden'])
  }
  return able
}
const only = (...names: Name[]) => Object.keys(everybody).filter((name) => names.includes(name as Name))

const owners: [string, object, change: Name[], checkIn: Name[]][] = [
  ['a member', { ownerType: 'user', ownerId: member.id }, ['head', 'manager', 'member', 'administrator'], []],
  ['a team', { ownerType: 'team', ownerId: team.id }, ['head', 'manager', 'administrator'], ['teammate', 'member']],
  ['a department', { ownerType: 'department', ownerId: inside.id }, ['head', 'manager', 'administrator'], []],
  ['the organization', {}, ['administrator'], []],
]

describe.each(owners)('a goal of %s', async (_owner, members, change, checkIn) => {
  const { objective, keyResult } = await goal(members)

  test('is changed by its owner, the line above and administrators', async () => {
    const patch = (path: string, id: string) => (person: Person) =>
      person.call('PATCH', `/v1/${path}/${id}?validateOnly=true`, { title: 'New' })
    expect(await who(patch('objectives', objective.id))).toEqual(only(...change))
    expect(await who(patch('key-results', keyResult.id))).toEqual(only(...change))
    const remove = (person: Person) => person.call('DELETE', `/v1/objectives/${objective.id}?validateOnly=true`)
    expect(await who(remove)).toEqual(only(...change))
    const add = (person: Person) =>
      person.call('POST', '/v1/key-results?validateOnly=true', {
        objectiveId: objective.id,
        title: 'K',
        kind: 'baseline',
      })
    expect(await who(add)).toEqual(only(...change))
  })

  test('is checked in on by those and by everybody who works on it', async () => {
    const say = (person: Person) => person.call('POST', `/v1/key-results/${keyResult.id}/check-ins`, { value: 5 })
    expect(await who(say)).toEqual(only(...change, ...checkIn, 'contributor'))
  })

  test('is created for themselves and their line only', async () => {
    const create = (person: Person) =>
      person.call('POST', '/v1/objectives?validateOnly=true', { title: 'O', cycleId: cycle.id, ...members })
    expect(await who(create)).toEqual(only(...change))
  })
})

test('the author of a check-in is the person who said it, and only administrators speak for others', async () => {
  const { keyResult } = await goal({ ownerType: 'user', ownerId: member.id })
  const at = `/v1/key-results/${keyResult.id}/check-ins`
  const said = await member.call('POST', at, { value: 1, confidence: 0.5, reportedHealth: 'at_risk' })
  expect(said.body).toMatchObject({ authorId: member.id, keyResult: { health: { reported: 'at_risk' } } })
  const forged = await member.call('POST', at, { value: 1, authorId: manager.id })
  expect([forged.status, forged.body.code]).toEqual([403, 'forbidden'])
  expect((await administrator.call('POST', at, { value: 1, authorId: manager.id })).body.authorId).toBe(manager.id)
})

test('nobody gives a goal away to whom they may not write for', async () => {
  const { objective } = await goal({ ownerType: 'user', ownerId: member.id })
  const give = (person: Person, owner: object) => person.call('PATCH', `/v1/objectives/${objective.id}`, owner)
  expect((await give(member, { ownerType: 'user', ownerId: stranger.id })).status).toBe(403)
  expect((await give(member, { ownerType: 'organization' })).status).toBe(403)
  expect((await give(manager, { ownerType: 'department', ownerId: inside.id })).status).toBe(200)
})

test('to count in another goal takes the right to change both; to support it, only the own', async () => {
  const [mine, other] = [await goal({ ownerType: 'user', ownerId: member.id }), await goal({})]
  const align = (relation: string) =>
    member.call('POST', '/v1/alignments', {
      childObjectiveId: mine.objective.id,
      parentObjectiveId: other.objective.id,
      relation,
    })
  expect((await align('contributes')).status).toBe(403)
  expect((await align('supports')).status).toBe(201)
})

test('a person needs the scope beside the role', async () => {
  const scoped = async (granted: Scope[]) => (await createPerson(world, issuer, { roles: ['admin'] }, granted)).call
  const reader = await scoped(['okr:read'])
  expect((await reader('POST', '/v1/pillars', { title: 'P' })).body.code).toBe('insufficient_scope')
  expect((await reader('GET', '/v1/users')).body.code).toBe('insufficient_scope')
  expect((await reader('GET', '/v1/pillars')).status).toBe(200)
})

test('who is suspended or deleted is refused at once, and comes back with their account', async () => {
  const { id, call: own } = await createPerson(world, issuer)
  const status = async () => (await own('GET', '/v1/me')).status
  expect(await status()).toBe(200)
  await call('PATCH', `/v1/users/${id}`, { active: false })
  expect(await status()).toBe(401)
  await call('PATCH', `/v1/users/${id}`, { active: true })
  expect(await status()).toBe(200)
  await call('DELETE', `/v1/users/${id}`)
  expect(await status()).toBe(401)
})

test('a token names the person by our id or by theirs, and roles of the token go before those of the directory', async () => {
  const user = await post('users', { userName: 'by-sub', displayName: 'By sub', externalId: 'sub-1' })
  const own = world.as(
    await issuer.token({ sub: 'sub-1', tenant: world.organizationId, roles: ['viewer'], scope: 'okr:read' }),
  )
  const { body } = await own('GET', '/v1/me')
  expect(body).toMatchObject({
    kind: 'user',
    id: user.id,
    roles: ['viewer'],
    scopes: ['okr:read'],
    user: { userName: 'by-sub' },
  })
  const nobody = world.as(await issuer.token({ sub: 'sub-2', tenant: world.organizationId }))
  expect((await nobody('GET', '/v1/me')).status).toBe(401)
  const elsewhere = world.as(await issuer.token({ sub: 'sub-1', tenant: '01990000-0000-7000-8000-00000000dead' }))
  expect((await elsewhere('GET', '/v1/me')).status).toBe(401)
  const machine = world.as(
    await issuer.token({ sub: 'sub-1', tenant: world.organizationId, roles: ['integration'], scope: 'okr:write' }),
  )
  expect((await machine('POST', '/v1/pillars', { title: 'P' })).body.code).toBe('forbidden')
})
