import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { companyOf } from '../support/company.ts'

const world = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const { call } = world
const census = await createCensus(world.organizationId)
type Item = { status: number; outcome: string | null; changed: string[]; problem: { code: string } | null }
const batch = async (path: string, items: object[], query = '', atomic = true) => {
  const { status, body } = await call('POST', `/v1/${path}/batch${query}`, { items, atomic })
  return { status, body, items: (body.items ?? []) as Item[] }
}
const get = async (path: string) => (await call('GET', `/v1/${path}`)).body
const byExternalId = async (path: string, externalId: string) =>
  (await get(`${path}?externalId=${encodeURIComponent(externalId)}`)).items[0]
/** What the world would hear of. */
const told = async () => {
  const { audit_log: _log, ...rest } = await census()
  return rest
}

describe('a company', async () => {
  const company = companyOf(200)
  const parts = [
    ['departments', company.departments],
    ['users', company.users],
    ['teams', company.teams],
    ['team-memberships', company.memberships],
  ] as const

  test('arrives in batches in any order within them, and a dry run says what will become of each item', async () => {
    for (const [path, items] of parts) {
      const before = await census()
      const dry = await batch(path, [...items], '?validateOnly=true')
      expect(await census()).toEqual(before)
      const real = await batch(path, [...items])
      const plain = ({ items: each }: typeof real) =>
        each.map(({ status, outcome, changed }) => [status, outcome, changed])
      expect(plain(dry), JSON.stringify(dry.body).slice(0, 300)).toEqual(plain(real))
      expect(new Set(plain(real).map(([, outcome]) => outcome))).toEqual(new Set(['created']))
    }
  })

  test('has the right trees', async () => {
    const query = `{ users(externalId: ["person 77"]) { nodes {
      department { externalId parent { externalId } }
      manager { externalId manager { externalId manager { externalId manager { externalId } } } }
      memberships { nodes { team { externalId lead { externalId } } } } } } }`
    const { nodes } = (await call.graphql(query)).body.data.users
    expect(nodes).toEqual([
      {
        department: { externalId: 'dept 1', parent: { externalId: 'dept 0' } },
        manager: {
          externalId: 'person 9',
          manager: { externalId: 'person 1', manager: { externalId: 'person 0', manager: null } },
        },
        memberships: { nodes: [{ team: { externalId: 'team 2', lead: { externalId: 'person 2' } } }] },
      },
    ])
  })

  test('changes nothing when it comes again: no version, no event, nobody in the audit', async () => {
    const before = await told()
    for (const [path, items] of parts) {
      const again = await batch(path, [...items])
      expect(new Set(again.items.map(({ outcome, changed }) => `${outcome} ${changed.join()}`))).toEqual(
        new Set(['unchanged ']),
      )
    }
    expect(await told()).toEqual(before)
    const client = await world.pool.connect()
    await client.query(`begin; set local app.tenant = '${world.organizationId}'`)
    const { rows } = await client.query('select subject_ids from audit_log order by id desc limit 4')
    await client.query('rollback')
    client.release()
    expect(rows).toEqual(parts.map(() => ({ subject_ids: [] })))
  })

  test('is told apart: what is new, what changed and in which members, what did not', async () => {
    const [first, second] = company.users as [object, object]
    const items = [
      { ...first, title: 'Promoted', managerExternalId: 'newcomer' },
      second,
      { externalId: 'newcomer', userName: 'newcomer', displayName: 'Newcomer' },
    ]
    const outcomes = (answer: Awaited<ReturnType<typeof batch>>) =>
      answer.items.map(({ outcome, changed }) => [outcome, changed.toSorted()])
    const expected = [
      ['updated', ['managerId', 'title']],
      ['unchanged', []],
      ['created', []],
    ]
    expect(outcomes(await batch('users', items, '?validateOnly=true'))).toEqual(expected)
    expect(outcomes(await batch('users', items))).toEqual(expected)
    expect((await byExternalId('users', 'person 199')).managerId).toBe((await byExternalId('users', 'newcomer')).id)
  })

  test('a person who leaves keeps what they were, and tombstones tell who is gone', async () => {
    world.clock.now = new Date('2026-06-02T10:00:00.000Z')
    const { id } = await byExternalId('users', 'person 42')
    const left = await batch('users', [{ externalId: 'person 42', active: false }])
    expect(left.items).toMatchObject([{ outcome: 'updated', changed: ['active'] }])
    const membership = await byExternalId('team-memberships', 'team 17/person 42')
    expect((await call('DELETE', `/v1/team-memberships/${membership.id}`)).status).toBe(204)
    const since = 'updatedSince=2026-06-02T00:00:00Z&includeDeleted=true'
    expect((await get(`users?${since}`)).items).toMatchObject([{ id, active: false, deletedAt: null }])
    expect((await get(`team-memberships?${since}`)).items).toMatchObject([
      { id: membership.id, deletedAt: '2026-06-02T10:00:00.000Z' },
    ])
    const back = await batch('team-memberships', [
      { externalId: 'team 17/person 42', teamExternalId: 'team 17', userExternalId: 'person 42' },
    ])
    expect(back.items).toMatchObject([{ outcome: 'updated', changed: ['deletedAt'] }])
  })
})

describe('a reference by external id', () => {
  const person = (externalId: string, more: object = {}) => ({
    externalId,
    userName: externalId,
    displayName: 'P',
    ...more,
  })

  test('holds in PUT, in a batch and in GraphQL, and null takes it away', async () => {
    await batch('users', [person('chief'), person('report')])
    const put = (body: object) => call('PUT', '/v1/users/by-external-id/report', body)
    const chief = await byExternalId('users', 'chief')
    expect((await put({ managerExternalId: 'chief' })).body.managerId).toBe(chief.id)
    expect((await put({ managerExternalId: null })).body.managerId).toBe(null)
    const mutation = `mutation ($input: UpsertUserInput!) {
      upsertUserByExternalId(externalId: "report", input: $input) { manager { externalId } } }`
    const { body } = await call.graphql(mutation, { input: { managerExternalId: 'chief' } })
    expect(body.data.upsertUserByExternalId.manager.externalId).toBe('chief')
  })

  test('is the same for every resource, whatever its target', async () => {
    await call('PUT', '/v1/cycles/by-external-id/fy', {
      name: 'FY',
      kind: 'year',
      startsOn: '2026-01-01',
      endsOn: '2026-12-31',
    })
    await batch('users', [person('owner')])
    const goals = [
      { externalId: 'goal', title: 'O', cycleExternalId: 'fy', ownerType: 'user', ownerExternalId: 'owner' },
      { title: 'Of the organization', cycleExternalId: 'fy' },
    ]
    expect((await batch('objectives', goals)).items.map(({ outcome }) => outcome)).toEqual(['created', 'created'])
    expect((await byExternalId('objectives', 'goal')).ownerId).toBe((await byExternalId('users', 'owner')).id)
    const metric = { externalId: 'kr', objectiveExternalId: 'goal', title: 'K', kind: 'metric', baseline: 0, target: 1 }
    expect((await batch('key-results', [metric])).items).toMatchObject([{ outcome: 'created' }])
    expect((await batch('key-results', [metric])).items).toMatchObject([{ outcome: 'unchanged' }])
  })

  const none = { code: 'reference_not_found' }
  const cases: [string, object[], { code: string; pointer?: string }][] = [
    ['users', [person('x', { managerExternalId: 'nobody' })], { ...none, pointer: '/managerExternalId' }],
    [
      'users',
      [person('x'), person('y', { managerExternalId: 'z' })],
      { ...none, pointer: '/items/1/managerExternalId' },
    ],
    ['users', [person('x', { departmentExternalId: 'chief' })], { ...none, pointer: '/departmentExternalId' }],
    ['users', [person('x', { managerExternalId: 'chief', managerId: null })], { code: 'invalid_input' }],
    ['users', [person('x', { managerExternalId: '' })], { code: 'invalid_input' }],
    ['users', [person('x', { managerExternalId: 7 })], { code: 'invalid_input' }],
    ['users', [person('x', { leadExternalId: 'chief' })], { code: 'invalid_input' }],
    [
      'team-memberships',
      [{ externalId: 'm', teamExternalId: null, userExternalId: 'chief' }],
      { code: 'invalid_input' },
    ],
    [
      'objectives',
      [{ title: 'O', cycleExternalId: 'fy', ownerExternalId: 'owner' }],
      { code: 'invalid_input', pointer: '/ownerExternalId' },
    ],
    ['objectives', [{ title: 'O', cycleExternalId: 'fy', ownerType: 'user', ownerExternalId: 'nobody' }], none],
    [
      'users',
      [person('a', { managerExternalId: 'b' }), person('b', { managerExternalId: 'a' })],
      { code: 'hierarchy_cycle' },
    ],
    ['users', [person('a', { managerExternalId: 'a' })], { code: 'hierarchy_cycle' }],
    ['users', [person('chief', { managerExternalId: 'report' })], { code: 'hierarchy_cycle' }],
    [
      'departments',
      ['a', 'b', 'c'].map((name, at) => ({ externalId: name, name, parentExternalId: 'bca'[at] })),
      { code: 'hierarchy_cycle' },
    ],
  ]
  test('that cannot be is refused, and nothing is stored', async () => {
    const before = await census()
    for (const [path, items, { code, pointer }] of cases) {
      const { status, body } = await batch(path, items)
      expect([status, body.code], JSON.stringify([items, body])).toEqual([code === 'hierarchy_cycle' ? 409 : 422, code])
      if (pointer) expect(body.errors[0].pointer).toBe(pointer)
    }
    expect(await census()).toEqual(before)
  })

  test('counts within a batch that succeeds in part, whichever half it points into', async () => {
    const items = Array.from({ length: 8 }, (_, at) =>
      person(`part ${at}`, at < 7 ? { managerExternalId: `part ${at + 1}` } : {}),
    )
    items.splice(4, 0, person('lost', { managerExternalId: 'nobody' }), { externalId: 'unnamed' } as never)
    const { items: answers } = await batch('users', items, '', false)
    const created = Array.from({ length: 4 }, () => 'created')
    expect(answers.map(({ outcome, problem }) => outcome ?? problem?.code)).toEqual(
      created.concat('reference_not_found', 'invalid_input', created),
    )
    expect((await byExternalId('users', 'part 3')).managerId).toBe((await byExternalId('users', 'part 4')).id)
  })

  test('closes no circle either when two batches run at once', async () => {
    const names = ['left', 'right']
    await batch(
      'users',
      names.map((name) => person(name)),
    )
    const statuses = await Promise.all(
      names.map(
        async (name, at) => (await batch('users', [{ externalId: name, managerExternalId: names[1 - at] }])).status,
      ),
    )
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 409])
  })
})
