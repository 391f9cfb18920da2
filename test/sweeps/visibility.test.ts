import { describe, expect, test } from 'vitest'
import type { Role } from '../../src/auth/actor.ts'
import { createWorld } from '../support/app.ts'
import { createIssuer, createPerson } from '../support/people.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings })
const { call, as, key } = world
const post = async (path: string, body: object) => {
  const answer = await call('POST', `/v1/${path}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

/*
 * Departments: above > own > below, and one beside. The owner is in `own` and in the team.
 */
const above = await post('departments', { name: 'Above' })
const own = await post('departments', { name: 'Own', parentId: above.id })
const below = await post('departments', { name: 'Below', parentId: own.id })
const beside = await post('departments', { name: 'Beside', parentId: above.id })
const team = await post('teams', { name: 'Team' })
const person = (departmentId: string | null, roles: Role[] = ['member']) =>
  createPerson(world, issuer, { departmentId, roles })
const people = {
  owner: await person(own.id),
  teammate: await person(beside.id),
  colleague: await person(own.id),
  leadAbove: await person(null, ['manager']),
  memberAbove: await person(above.id),
  memberBelow: await person(below.id),
  stranger: await person(beside.id),
  hr: await person(null, ['hr']),
  administrator: await person(null, ['admin']),
}
await call('PATCH', `/v1/departments/${above.id}`, { leadId: people.leadAbove.id })
for (const { id } of [people.owner, people.teammate]) await post('team-memberships', { teamId: team.id, userId: id })

const readers = {
  ...Object.fromEntries(Object.entries(people).map(([name, each]) => [name, each.call])),
  integration: as(await key('integration')),
  adminKey: call,
} as Record<keyof typeof people | 'integration' | 'adminKey', typeof call>
type Reader = keyof typeof readers

const cycle = await post('cycles', { name: 'Y', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })
const open = await post('objectives', { title: 'open', cycleId: cycle.id })

/** An objective with everything that hangs on it, aligned under an open one and above another. */
const goal = async (title: string, members: object) => {
  const objective = await post('objectives', { title, cycleId: cycle.id, ...members })
  const child = await post('objectives', { title: `${title}: child`, cycleId: cycle.id })
  const metric = { objectiveId: objective.id, title: `${title}: measure`, kind: 'metric', baseline: 0, target: 1 }
  const keyResult = await post('key-results', metric)
  const checkIn = await post(`key-results/${keyResult.id}/check-ins`, { value: 1, note: `${title}: note` })
  const up = await post('alignments', { childObjectiveId: objective.id, parentObjectiveId: open.id })
  const down = await post('alignments', {
    childObjectiveId: child.id,
    parentKeyResultId: keyResult.id,
    relation: 'supports',
  })
  return {
    objective: objective.id,
    keyResult: keyResult.id,
    checkIn: checkIn.id,
    up: up.id,
    down: down.id,
    child: child.id,
  }
}

const always: Reader[] = ['administrator', 'adminKey']
const everybody = Object.keys(readers) as Reader[]
const line: Reader[] = ['owner', 'colleague', 'leadAbove', 'memberAbove', 'integration', ...always]
const user = { ownerType: 'user', ownerId: people.owner.id }
const cases: [title: string, members: object, seenBy: Reader[]][] = [
  ['public', user, everybody],
  ['restricted of a person', { ...user, visibility: 'restricted' }, [...line, 'teammate']],
  [
    'restricted of a team',
    { ownerType: 'team', ownerId: team.id, visibility: 'restricted' },
    ['owner', 'teammate', 'integration', ...always],
  ],
  ['restricted of a department', { ownerType: 'department', ownerId: own.id, visibility: 'restricted' }, line],
  ['restricted of the organization', { visibility: 'restricted' }, everybody],
  ['private of a person', { ...user, visibility: 'private' }, ['owner', ...always]],
  ['private of a team', { ownerType: 'team', ownerId: team.id, visibility: 'private' }, always],
]

describe.each(cases)('%s', async (title, members, seenBy) => {
  const ids = await goal(title, members)
  const expected = everybody.filter((reader) => seenBy.includes(reader))
  const seers = async (sees: (caller: typeof call) => Promise<boolean>) => {
    const found: Reader[] = []
    for (const reader of everybody) if (await sees(readers[reader])) found.push(reader)
    return found
  }

  test.each([
    ['objectives', ids.objective],
    ['key-results', ids.keyResult],
    ['check-ins', ids.checkIn],
    ['alignments', ids.up],
    ['alignments', ids.down],
  ])('%s: one and list', async (path, id) => {
    expect(await seers(async (caller) => (await caller('GET', `/v1/${path}/${id}`)).status === 200)).toEqual(expected)
    const listed = async (caller: typeof call) =>
      (await caller('GET', `/v1/${path}?limit=100`)).body.items.some((row: { id: string }) => row.id === id)
    expect(await seers(listed)).toEqual(expected)
  })

  test('GraphQL, by itself and by every edge that leads there', async () => {
    const query = `query ($objective: ID!, $keyResult: ID!, $open: ID!, $child: ID!, $cycle: ID!, $user: ID!, $team: ID!) {
      objective(id: $objective) { id }
      objectives(first: 100, q: "${title}") { nodes { id } }
      keyResult(id: $keyResult) { id objective { id } checkIns { nodes { note } } }
      above: objective(id: $open) { alignedFrom(first: 100) { nodes { id child { id } } } }
      below: objective(id: $child) { alignedTo { nodes { id parentKeyResult { id title } } } }
      cycle(id: $cycle) { objectives(first: 100) { nodes { id } } }
      user(id: $user) { objectives { nodes { id } } }
      team(id: $team) { objectives { nodes { id } } }
    }`
    const variables = { ...ids, open: open.id, cycle: cycle.id, user: people.owner.id, team: team.id }
    expect(
      await seers(async (caller) => {
        const { body } = await caller.graphql(query, variables)
        const text = JSON.stringify(body.data)
        const told = [ids.objective, ids.keyResult, ids.up, ids.down, `${title}: note`, `${title}: measure`]
        const count = told.filter((each) => text.includes(each)).length
        expect([0, told.length]).toContain(count)
        return count > 0
      }),
    ).toEqual(expected)
  })

  test('what is hidden cannot be told from what is not there when it is written to', async () => {
    const unknown = '01990000-0000-7000-8000-00000000dead'
    const outcome = async (caller: typeof call, objective: string, keyResult: string) => {
      const answers = [
        await caller('PATCH', `/v1/objectives/${objective}`, { title: 'mine' }),
        await caller('DELETE', `/v1/objectives/${objective}`),
        await caller('PATCH', `/v1/key-results/${keyResult}`, { title: 'mine' }),
        await caller('POST', `/v1/key-results/${keyResult}/check-ins`, { value: 0 }),
        await caller('POST', '/v1/key-results', { objectiveId: objective, title: 'k', kind: 'baseline' }),
        await caller('POST', '/v1/alignments', { childObjectiveId: objective, parentObjectiveId: open.id }),
        await caller('POST', '/v1/alignments', { childObjectiveId: ids.child, parentObjectiveId: objective }),
        await caller('POST', '/v1/alignments', { childObjectiveId: ids.child, parentKeyResultId: keyResult }),
      ]
      return answers.map(({ status, body }) => [
        status,
        body?.code,
        body?.detail?.replaceAll(objective, 'ID').replaceAll(keyResult, 'ID'),
      ])
    }
    for (const reader of everybody.filter((each) => !seenBy.includes(each)))
      expect(await outcome(readers[reader], ids.objective, ids.keyResult), reader).toEqual(
        await outcome(readers[reader], unknown, unknown),
      )
  })
})
