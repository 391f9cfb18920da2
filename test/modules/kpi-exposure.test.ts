import { expect, inject, it } from 'vitest'
import { direct } from '../../src/db/direct.ts'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const world = await createWorld({ at: '2026-11-20T12:00:00Z' })
const { call } = world
const { make, read } = goalsOf(call)
const viewer = world.as(await world.key('viewer'))

let codes = 0
const kpi = (given: Record<string, unknown> = {}) => make('kpis', { code: `X${++codes}`, name: 'Margin', ...given })
const codeOf = async (method: string, path: string, body: unknown) => {
  const answer = await call(method, `/v1/${path}`, body)
  return answer.status < 300 ? 'ok' : `${answer.status} ${answer.body.code}`
}
const refused = '422 formula_exposes_input'
const one = await make('teams', { name: 'One' })
const other = await make('teams', { name: 'Other' })
const owned = (team: { id: string }, visibility: string) => ({ ownerType: 'team', ownerId: team.id, visibility })

it('a formula is no more visible than what it reads', async () => {
  const secret = await kpi({ visibility: 'private' })
  const restricted = await kpi(owned(one, 'restricted'))
  const open = await kpi({ ownerType: 'organization', visibility: 'restricted' })
  const over = (input: { code: string }, given: object) =>
    codeOf('POST', 'kpis', { code: `X${++codes}`, name: 'Sum', formula: `${input.code} * 1`, ...given })
  expect(await over(secret, {})).toBe(refused)
  expect(await over(secret, { visibility: 'restricted' })).toBe(refused)
  expect(await over(secret, { visibility: 'private' })).toBe('ok')
  expect(await over(restricted, {})).toBe(refused)
  expect(await over(restricted, owned(other, 'restricted'))).toBe(refused)
  expect(await over(restricted, owned(one, 'restricted'))).toBe('ok')
  expect(await over(open, {})).toBe('ok')
})

it('nor does it become so later: by its own visibility or owner, or by that of an input, also in a batch', async () => {
  const input = await kpi(owned(one, 'organization'))
  const formula = await kpi({ ...owned(one, 'organization'), formula: `${input.code} + 1` })
  const above = await kpi({ formula: `${formula.code} + 1` })
  expect(await codeOf('PATCH', `kpis/${input.id}`, { visibility: 'restricted' })).toBe(refused)
  expect(await codeOf('PATCH', `kpis/${formula.id}`, { visibility: 'restricted' })).toBe(refused)
  await call('DELETE', `/v1/kpis/${above.id}`)
  const both = [input, formula].map(({ id }) => ({ id, visibility: 'restricted' }))
  expect(await codeOf('POST', 'kpis/batch', { items: both })).toBe('ok')
  expect(await codeOf('PATCH', `kpis/${input.id}`, { ownerId: other.id })).toBe(refused)
  expect(await codeOf('PATCH', `kpis/${formula.id}`, { visibility: 'organization' })).toBe(refused)
  expect(await codeOf('POST', `kpis/${above.id}/restore`, undefined)).toBe(refused)
  expect(await codeOf('PATCH', `kpis/${formula.id}`, { formula: null, visibility: 'organization' })).toBe('ok')
})

const follows = '422 key_result_exposes_kpi'
const metric = { title: 'Raise it', kind: 'metric', baseline: 1, target: 2 }
const cycle = await make('cycles', { name: '2026', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })
const objective = (given: Record<string, unknown> = {}) =>
  make('objectives', { cycleId: cycle.id, title: 'Grow', state: 'active', ...given })
const following = (kpiId: string, objectiveId: string) =>
  ({ ...metric, source: 'kpi', kpiId, objectiveId }) as Record<string, unknown>

it('a key result that follows a KPI is no more visible than it', async () => {
  const secret = await kpi({ visibility: 'private' })
  const restricted = await kpi(owned(one, 'restricted'))
  const open = await kpi({ ownerType: 'organization', visibility: 'restricted' })
  const under = async (input: { id: string }, given: object) =>
    codeOf('POST', 'key-results', following(input.id, (await objective({ ...given })).id))
  expect(await under(secret, {})).toBe(follows)
  expect(await under(secret, { visibility: 'private' })).toBe('ok')
  expect(await under(restricted, owned(other, 'restricted'))).toBe(follows)
  expect(await under(restricted, owned(one, 'restricted'))).toBe('ok')
  expect(await under(open, {})).toBe('ok')
  const batch = { items: [following(restricted.id, (await objective()).id)] }
  expect(await codeOf('POST', 'key-results/batch', batch)).toBe(follows)
  expect(await codeOf('PUT', 'key-results/by-external-id/exposed', batch.items[0])).toBe(follows)

  await make(`kpis/${restricted.id}/measurements`, { period: '2026-10', value: 84 })
  const promote = (given: object) =>
    codeOf('POST', `kpis/${restricted.id}/promote`, { cycleId: cycle.id, target: 90, ...given })
  expect(await promote({ visibility: 'organization' })).toBe(follows)
  expect(await promote({ ownerType: 'team', ownerId: other.id })).toBe(follows)
  expect(await promote({})).toBe('ok')
})

it('nor does it become so later: by the KPI, by the objective, or by coming back', async () => {
  const input = await kpi(owned(one, 'organization'))
  const goal = await objective(owned(one, 'organization'))
  const result = await make('key-results', following(input.id, goal.id))
  expect(await codeOf('PATCH', `kpis/${input.id}`, { visibility: 'restricted' })).toBe(follows)
  expect(await codeOf('PATCH', `objectives/${goal.id}`, { visibility: 'restricted' })).toBe('ok')
  expect(await codeOf('PATCH', `kpis/${input.id}`, { ownerId: other.id, visibility: 'restricted' })).toBe(follows)
  expect(await codeOf('PATCH', `kpis/${input.id}`, { visibility: 'restricted' })).toBe('ok')
  expect(await codeOf('PATCH', `objectives/${goal.id}`, { visibility: 'organization' })).toBe(follows)
  expect(await codeOf('PATCH', `objectives/${goal.id}`, { ownerId: other.id })).toBe(follows)
  expect(await codeOf('PATCH', `objectives/${goal.id}`, { title: 'Grow more' })).toBe('ok')
  expect(await codeOf('PATCH', `key-results/${result.id}`, { title: 'Raise it more' })).toBe('ok')

  // What is gone or closed follows nothing, until it comes back.
  await call('DELETE', `/v1/key-results/${result.id}`)
  expect(await codeOf('PATCH', `objectives/${goal.id}`, { visibility: 'organization' })).toBe('ok')
  expect(await codeOf('POST', `key-results/${result.id}/restore`, undefined)).toBe(follows)
  expect(await codeOf('PATCH', `objectives/${goal.id}`, { visibility: 'restricted' })).toBe('ok')
  expect(await codeOf('POST', `key-results/${result.id}/restore`, undefined)).toBe('ok')
  expect(await codeOf('POST', `objectives/${goal.id}/close`, {})).toBe('ok')
  expect(await codeOf('PATCH', `kpis/${input.id}`, { visibility: 'private' })).toBe('ok')
  const next = await make('cycles', { name: '2027', kind: 'year', startsOn: '2027-01-01', endsOn: '2027-12-31' })
  const carry = () => codeOf('POST', `objectives/${goal.id}/carry-over`, { cycleId: next.id, mode: 'keep' })
  expect(await carry()).toBe(follows)
  expect(await codeOf('POST', `objectives/${goal.id}/reopen`, undefined)).toBe(follows)
  expect(await codeOf('PATCH', `kpis/${input.id}`, { visibility: 'restricted' })).toBe('ok')
  expect(await carry()).toBe('ok')
  expect(await codeOf('POST', `objectives/${goal.id}/reopen`, undefined)).toBe('ok')
})

it.each(['draft', 'cancelled', 'deferred'])(
  'a %s key result goes on following under a closed objective',
  async (state) => {
    const input = await kpi()
    const goal = await objective()
    const result = await make('key-results', {
      ...following(input.id, goal.id),
      ...(state === 'draft' ? { state } : {}),
    })
    if (state !== 'draft')
      expect(await codeOf('PATCH', `key-results/${result.id}`, { state, reason: 'not now' })).toBe('ok')
    expect(await codeOf('POST', `objectives/${goal.id}/close`, {})).toBe('ok')
    expect((await read(`key-results/${result.id}`)).state).toBe(state)
    expect(await codeOf('PATCH', `kpis/${input.id}`, { visibility: 'private' })).toBe(follows)
    expect(await codeOf('DELETE', `key-results/${result.id}`, undefined)).toBe('ok')
    expect(await codeOf('PATCH', `kpis/${input.id}`, { visibility: 'private' })).toBe('ok')
  },
)

it('says where the fault is, as of any other, and of a whole cycle which key result is not carried', async () => {
  const faultOf = async (path: string, body: unknown, method = 'POST') => {
    const { body: problem } = await call(method, `/v1/${path}`, body)
    expect(problem.code).toBe('key_result_exposes_kpi')
    return [problem.errors[0].pointer, problem.detail]
  }
  const secret = await kpi({ visibility: 'private' })
  const goal = await objective({ title: 'Open' })
  const plain = { ...metric, objectiveId: goal.id }
  const told = 'whoever sees the objective "Open" need not see the KPI that "Raise it" follows'
  const exposing = following(secret.id, goal.id)
  expect(await faultOf('key-results', exposing)).toEqual(['/kpiId', told])
  expect(await faultOf('key-results/batch', { items: [plain, exposing] })).toEqual(['/items/1/kpiId', told])

  const [input, kept] = [await kpi(), await objective({ title: 'Kept', visibility: 'private' })]
  await make('key-results', following(secret.id, kept.id))
  const result = await make('key-results', following(input.id, goal.id))
  const objectives = [goal, kept].map(({ id }) => ({ id, visibility: 'organization', title: 'Shown' }))
  expect((await faultOf('objectives/batch', { items: objectives }))[0]).toBe('/items/1/visibility')
  // The first is as it was: places are those of the items given, not of what was written.
  const kpis = [{ id: secret.id }, { id: input.id, visibility: 'private' }]
  expect((await faultOf('kpis/batch', { items: kpis }))[0]).toBe('/items/1/visibility')

  await make(`kpis/${secret.id}/measurements`, { period: '2026-10', value: 1 })
  const promoted = async (given: object) =>
    (await faultOf(`kpis/${secret.id}/promote`, { cycleId: cycle.id, target: 2, ...given }))[0]
  const person = await make('users', { userName: 'ann@exposure.test', displayName: 'Ann' })
  expect(await promoted({ visibility: 'restricted' })).toBe('/visibility')
  expect(await promoted({ ownerType: 'user', ownerId: person.id })).toBe('/ownerId')

  const [year, after] = [
    await make('cycles', { name: '2030', kind: 'year', startsOn: '2030-01-01', endsOn: '2030-12-31' }),
    await make('cycles', { name: '2031', kind: 'year', startsOn: '2031-01-01', endsOn: '2031-12-31' }),
  ]
  await make('key-results', { ...metric, objectiveId: (await objective({ cycleId: year.id, title: 'Fine' })).id })
  const left = await objective({ cycleId: year.id, title: 'Left' })
  const exposed = await make('key-results', following(input.id, left.id))
  expect(await codeOf('DELETE', `key-results/${result.id}`, undefined)).toBe('ok')
  expect(await codeOf('POST', `objectives/${left.id}/close`, {})).toBe('ok')
  expect(await codeOf('PATCH', `kpis/${input.id}`, { visibility: 'private' })).toBe('ok')
  const why = `whoever sees the objective "Left" need not see the KPI that "Raise it" follows`
  const which = `${why} (key result ${exposed.id} of objective ${left.id})`
  for (const path of [`cycles/${year.id}/carry-over`, `objectives/${left.id}/carry-over`])
    expect(await faultOf(path, { cycleId: after.id })).toEqual(['/id', which])
  expect(await faultOf(`objectives/${left.id}/reopen`, undefined)).toEqual(['/id', why])
})

it('rows that were there before it was asked are asked about once they show more, not for anything else', async () => {
  const base = await kpi()
  const old = await kpi({ formula: `${base.code} * 2` })
  const goal = await objective()
  const result = await make('key-results', following(old.id, goal.id))
  await direct(inject('appUrl'), async (db) => {
    await db.query(`select set_config('app.tenant', $1, false)`, [world.organizationId])
    const text = `update kpis set visibility = 'private' where tenant_id = $1 and id = $2`
    await db.query(text, [world.organizationId, old.id])
  })
  expect(await codeOf('PATCH', `kpis/${old.id}`, { formula: `${base.code} * 3` })).toBe('ok')
  expect(await codeOf('PATCH', `objectives/${goal.id}`, { visibility: 'restricted' })).toBe('ok')
  expect(await codeOf('PATCH', `objectives/${goal.id}`, { visibility: 'organization' })).toBe(follows)
  expect(await codeOf('PATCH', `objectives/${goal.id}`, owned(one, 'restricted'))).toBe(follows)
  expect(await codeOf('PATCH', `kpis/${old.id}`, owned(one, 'private'))).toBe(follows)
  expect(await codeOf('PATCH', `kpis/${old.id}`, { visibility: 'restricted' })).toBe('ok')
  expect(await codeOf('PATCH', `kpis/${old.id}`, { visibility: 'private' })).toBe(follows)
  expect((await read(`key-results/${result.id}`)).kpiId).toBe(old.id)
})

it('tells who may not see a KPI nothing of it, whichever way they ask', async () => {
  const parent = await kpi()
  const hidden = await kpi({ name: 'Hidden', visibility: 'private', parentId: parent.id })
  await call('PATCH', `/v1/kpis/${parent.id}`, { driverIds: [hidden.id] })
  for (let month = 1; month < 11; month++)
    await make(`kpis/${hidden.id}/measurements`, {
      period: `2026-${String(month).padStart(2, '0')}`,
      value: 4242 + month,
    })
  await make(`kpis/${hidden.id}/targets`, { effectiveFrom: '2025-01-01', target: 9999, redLine: 9000 })
  await make('scorecards', { name: 'Board', items: [{ kpiId: hidden.id, perspective: 'growth' }] })
  const paths = ['series?of=children', 'tree', 'drivers', 'chart.svg', 'measurements']
  const asked = [
    ...paths.map((path) => `kpis/${parent.id}/${path}`),
    'insights',
    'alerts',
    'scorecards',
    'kpis',
    'measurements',
  ]
  // Ids hold such digits too, but not by themselves.
  for (const path of asked) {
    const told = await viewer('GET', `/v1/${path}`)
    expect([path, told.status]).toEqual([path, 200])
    expect(JSON.stringify(told.body)).not.toMatch(/(?<![\w-])42(4|5)\d(?![\w-])|Hidden/)
  }
  for (const path of ['', '/series', '/forecast', '/anomalies', '/chart.svg', '/tree'])
    expect((await viewer('GET', `/v1/kpis/${hidden.id}${path}`)).status).toBe(404)
  expect(JSON.stringify(await read(`kpis/${parent.id}/series?of=children`))).toMatch(/4250/)
  const views = (await viewer('GET', `/odata/v4/Measurements?$filter=kpi_id eq ${hidden.id}`)).body
  expect(JSON.stringify(views)).not.toMatch(/(?<![\w-])42(4|5)\d(?![\w-])/)
})

it('a closed key result tells nothing that its KPI comes to afterwards, in no history', async () => {
  const input = await kpi()
  const formula = await kpi({ formula: `${input.code} * 1` })
  const secret = await kpi({ visibility: 'private' })
  const above = await objective()
  const [goal, other] = [await objective(), await objective()]
  await make('alignments', { childObjectiveId: goal.id, parentObjectiveId: above.id })
  const measured = await make('key-results', { ...following(input.id, goal.id), baseline: 0, target: 100 })
  const worked = await make('key-results', { ...following(formula.id, other.id), baseline: 0, target: 100 })
  const record = (of: { id: string }, period: string, value: number) =>
    make(`kpis/${of.id}/measurements`, { period, value })
  await record(input, '2026-09', 10)
  await record(secret, '2026-09', 55)
  for (const { id } of [goal, other]) expect(await codeOf('POST', `objectives/${id}/close`, {})).toBe('ok')
  const goals = [`key-results/${measured.id}`, `objectives/${goal.id}`, `objectives/${above.id}`]
  const told = async (path: string) => (await viewer('GET', `/v1/${path}`)).body.items
  const asked = (path: string) => [
    `${path}/history?clock=effective`,
    `${path}/history?clock=effective&asOf=2026-11-19T00:00:00.000Z`,
    `${path}/history`,
  ]
  const before = await Promise.all(goals.flatMap(asked).map(told))
  expect(before[0]).toMatchObject([{ progress: 0.1, effectiveAt: expect.stringMatching(/^2026-09-30/) }])
  expect(before.every((items) => items.length > 0)).toBe(true)

  world.clock.now = new Date('2026-11-21T12:00:00Z')
  for (const { id } of [formula, input])
    expect(await codeOf('PATCH', `kpis/${id}`, { visibility: 'private' })).toBe('ok')
  await record(input, '2026-10', 77)
  await record(input, '2026-09', 33)
  world.clock.now = new Date('2026-12-02T12:00:00Z')
  expect(await Promise.all(goals.flatMap(asked).map(told))).toEqual(before)

  // It reads by now what never was for them.
  expect(await codeOf('PATCH', `kpis/${formula.id}`, { formula: `${secret.code} * 1` })).toBe('ok')
  expect(await Promise.all(asked(`key-results/${worked.id}`).slice(0, 2).map(told))).toEqual([[], []])
  const [closedWith] = await told(`objectives/${other.id}/history?clock=effective&asOf=2026-11-19T00:00:00.000Z`)
  expect(closedWith.progress).toBe(0.1)

  // Open again it follows again.
  for (const { id } of [formula, input])
    expect(await codeOf('PATCH', `kpis/${id}`, { formula: null, visibility: 'organization' })).toBe('ok')
  expect(await codeOf('POST', `objectives/${goal.id}/reopen`, undefined)).toBe('ok')
  expect((await told(`${goals[0]}/history?clock=effective`)).map(({ progress }: any) => progress)).toEqual([0.33, 0.77])
})
