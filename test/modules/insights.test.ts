import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'
import { createIssuer, createPerson } from '../support/people.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings, at: '2026-02-20T10:00:00.000Z' })
const { call } = world
const { make, read, cycle, objective, keyResult, align, checkIn } = goalsOf(call)
const days = { startsOn: '2026-01-01', endsOn: '2026-03-31' }
const quarter = await cycle({ name: 'Q1', kind: 'quarter', ...days })
const lead = await createPerson(world, issuer)
const team = await make('teams', { name: 'Team', kind: 'standing', leadId: lead.id })
const ofTeam = { ownerType: 'team', ownerId: team.id }

type Insight = {
  rule: string
  severity: string
  subject: { type: string; id: string }
  evidence: any
  because: string
  fix: any
}
const about = async (id: string, caller = call): Promise<Insight[]> =>
  (await caller('GET', `/v1/insights?subjectId=${id}&limit=100`)).body.items
const rulesOf = async (id: string) => (await about(id)).map(({ rule }) => rule)
const send = async ({ fix }: Insight) => {
  const answer = await call(fix.method, fix.path, fix.body)
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
}

/** An objective nothing is to be said about; `ownerId` looks after its key results. */
const sound = async (title: string, given = {}) => {
  const made = await objective(quarter.id, title, given)
  const measured = await keyResult(made.id, { ownerId: lead.id })
  await checkIn(measured.id, { value: 60 })
  return { ...made, keyResult: measured }
}

/** Each rule: a world in which it speaks about `id`, and nothing else does; sending the fix ends it. */
const cases: [string, string, () => Promise<string>, object?][] = [
  ['objective_without_key_results', 'high', async () => (await objective(quarter.id, 'Empty')).id],
  [
    'objective_with_many_key_results',
    'low',
    async () => {
      const { id } = await sound('Crowded')
      for (let at = 0; at < 5; at++) await checkIn((await keyResult(id, { ownerId: lead.id })).id, { value: 60 })
      return id
    },
    { count: 6, most: 5 },
  ],
  ['objective_unaligned', 'medium', async () => (await sound('Alone', ofTeam)).id, { ownerType: 'team' }],
  [
    'objective_only_milestones',
    'low',
    async () => {
      const { id } = await objective(quarter.id, 'Output')
      await keyResult(id, { kind: 'milestone', baseline: undefined, target: undefined, steps: [{ title: 'Ship' }] })
      return id
    },
    { keyResults: 1 },
  ],
  [
    'growth_without_guardrail',
    'medium',
    async () => {
      const templates = (await read('okr-templates?limit=100')).items
      const { id: templateId } = templates.find(({ name }: { name: string }) => name === 'More credit cards sold')
      const applied = await make2(`okr-templates/${templateId}/apply`, quarter.id)
      const guardrail = applied.keyResults.find(({ role }: { role: string }) => role === 'guardrail')
      await checkIn(applied.keyResults.find(({ role }: { role: string }) => role === 'measure').id, { value: 19 })
      await checkIn(guardrail.id, { value: -1 })
      expect(await rulesOf(applied.objective.id)).toEqual([])
      await call('DELETE', `/v1/key-results/${guardrail.id}`)
      return applied.objective.id
    },
    { guardrail: 'Fraud rate, change' },
  ],
  [
    'key_result_without_owner',
    'medium',
    async () => {
      const { id } = await sound('Unowned', { ...ofTeam })
      const made = await keyResult(id)
      await checkIn(made.id, { value: 60 })
      return made.id
    },
  ],
  [
    'key_result_stale',
    'medium',
    async () => {
      const { id } = await sound('Forgotten')
      const made = await keyResult(id, { ownerId: lead.id, startsOn: '2026-01-20' })
      await checkIn(made.id, { value: 60, effectiveAt: '2026-01-21T10:00:00.000Z' })
      return made.id
    },
    { cadence: 'week', lastReadAt: '2026-01-21T10:00:00.000Z' },
  ],
  [
    'key_result_stale',
    'medium',
    async () => (await keyResult((await sound('Never read')).id, { ownerId: lead.id })).id,
    { cadence: 'week', lastReadAt: null },
  ],
  [
    'key_result_not_measurable',
    'medium',
    async () => {
      const { id } = await sound('Blind')
      return (await keyResult(id, { ownerId: lead.id, source: 'initiatives', baseline: undefined, target: undefined }))
        .id
    },
    { kind: 'metric', source: 'initiatives' },
  ],
  [
    'weight_silences_item',
    'low',
    async () => {
      const { id } = await sound('Loud')
      const made = await keyResult(id, { ownerId: lead.id, weight: 0.01 })
      await checkIn(made.id, { value: 60 })
      return made.id
    },
    { weight: 0.01, share: 0.009901, smallest: 0.05 },
  ],
  [
    'definition_softened',
    'medium',
    async () => {
      const { keyResult: made } = await sound('Softer')
      await call('PATCH', `/v1/key-results/${made.id}`, { target: 80, reason: 'Too hard' })
      return made.id
    },
    { before: { baseline: 0, target: 100, min: null, max: null } },
  ],
  [
    'kpi_red_without_key_result',
    'high',
    async () => {
      const { id } = await dial('RED', [90, 86, 85, 85, 85, 85])
      await make(`kpis/${id}/targets`, { effectiveFrom: '2025-01-01', target: 95, redLine: 88 })
      return id
    },
    { value: 85, target: 95, redLine: 88 },
  ],
  [
    'kpi_declining_without_key_result',
    'medium',
    async () => (await dial('DECLINING', [100, 98, 96, 94, 92, 90])).id,
    { value: 90, slope: -2, periods: 6, target: null },
  ],
  [
    'kpi_review_due',
    'low',
    async () => (await dial('DUE', [1, 1, 1], { reviewOn: '2026-02-19' })).id,
    { reviewOn: '2026-02-19' },
  ],
  [
    'blocker_open_too_long',
    'medium',
    async () => {
      const { keyResult: made } = await sound('Blocked')
      world.clock.now = new Date('2026-02-10T10:00:00.000Z')
      const { id } = await make('blockers', { subjectType: 'key_result', subjectId: made.id, title: 'No parts' })
      world.clock.now = new Date('2026-02-20T10:00:00.000Z')
      return id
    },
    { openSince: '2026-02-10', cadence: 'week' },
  ],
]

/** A KPI with monthly values, the last of January. */
const dial = async (code: string, values: number[], given = {}) => {
  const kpi = await make('kpis', { code, name: `Dial ${code}`, ...given })
  const items = values.map((value, at) => ({
    kpiId: kpi.id,
    period: new Date(Date.UTC(2026, 1 - values.length + at, 1)).toISOString().slice(0, 7),
    value,
  }))
  expect((await call('POST', '/v1/measurements/batch', { items })).status).toBe(200)
  return kpi
}

const make2 = async (path: string, cycleId: string) => {
  const { body } = await call('POST', `/v1/${path}`, { cycleId, owners: [{ type: 'organization' }] })
  for (const { id } of body.items[0].keyResults) await call('PATCH', `/v1/key-results/${id}`, { ownerId: lead.id })
  return body.items[0]
}

describe('each rule speaks where it should, and its fix ends it', () => {
  test.each(cases)('%s', async (rule, severity, plant, evidence = {}) => {
    const id = await plant()
    const found = await about(id)
    expect(found.map((each) => each.rule)).toEqual([rule])
    const [one] = found as [Insight]
    expect(one).toMatchObject({ rule, severity, subject: { id }, evidence })
    expect(one.because.length).toBeGreaterThan(20)
    await send(one)
    expect(await rulesOf(id)).not.toContain(rule)
  })
})

describe('what needs more than one goal', () => {
  test('an owner with too many objectives, by the standard and by policy', async () => {
    const busy = await createPerson(world, issuer)
    const top = await sound('Top')
    for (let at = 0; at < 4; at++) {
      const { id } = await sound(`Busy ${at}`, { ownerType: 'user', ownerId: busy.id })
      await align(id, { parentObjectiveId: top.id })
    }
    expect(await rulesOf(busy.id)).toEqual([])
    await call('PATCH', '/v1/organization', { insightPolicy: { mostObjectives: 3 } })
    const [one] = (await about(busy.id)) as [Insight]
    expect(one).toMatchObject({
      rule: 'owner_with_many_objectives',
      subject: { type: 'user' },
      evidence: { count: 4, most: 3 },
    })
    await send(one)
    expect(await rulesOf(busy.id)).toEqual([])
    const { body } = await call('PATCH', '/v1/organization', { insightPolicy: { mostObjectives: null } })
    expect(body.insightPolicy).toMatchObject({ mostObjectives: null, mostKpis: null })
  })

  test('a committed objective that is off track gets work on its weakest key result', async () => {
    const { id } = await objective(quarter.id, 'Promised')
    const weak = await keyResult(id, { ownerId: lead.id })
    await checkIn(weak.id, { value: 1 })
    const [one] = (await about(id)) as [Insight]
    expect(one).toMatchObject({
      rule: 'committed_objective_off_track',
      severity: 'high',
      evidence: { progress: 0.01, health: 'off_track' },
      fix: { method: 'POST', path: '/v1/initiatives', body: { objectiveId: id, keyResultIds: [weak.id] } },
    })
    await send(one)
    const learning = await objective(quarter.id, 'Learning', { commitment: 'learning' })
    await checkIn((await keyResult(learning.id, { ownerId: lead.id })).id, { value: 1 })
    expect(await rulesOf(learning.id)).toEqual([])
  })

  test('nothing is said of what is sound, drafted, given up or over', async () => {
    const old = await cycle({ name: 'Old', kind: 'quarter', startsOn: '2025-01-01', endsOn: '2025-03-31' })
    const over = await objective(old.id, 'Over')
    await call('PATCH', `/v1/cycles/${old.id}`, { state: 'active' })
    await call('POST', `/v1/cycles/${old.id}/close`, {})
    for (const { id } of [
      await sound('Sound'),
      await objective(quarter.id, 'Draft', { state: 'draft' }),
      await objective(quarter.id, 'By hand', { progressSource: 'manual', manualProgress: 0.6 }),
      over,
    ])
      expect(await rulesOf(id)).toEqual([])
  })

  test('KPIs that rise, waver, are worked on, or are retired', async () => {
    const dials = [
      await dial('RISING', [90, 92, 94, 96, 98, 100]),
      await dial('WAVERS', [100, 99, 100, 99, 100, 99]),
      await dial('FALLS', [10, 9, 8, 7, 6, 5], { direction: 'down' }),
      await dial('RETIRED', [10, 9, 8, 7, 6, 5], { reviewOn: '2026-01-01' }),
    ]
    await call('PATCH', `/v1/kpis/${dials.at(-1)?.id}`, { state: 'retired' })
    const worked = await dial('WORKED', [100, 90, 80, 70, 60, 50])
    expect(await rulesOf(worked.id)).toEqual(['kpi_declining_without_key_result'])
    const { id } = await objective(quarter.id, 'Dials')
    await keyResult(id, { source: 'kpi', kpiId: worked.id, baseline: 50, target: 90, ownerId: lead.id })
    for (const each of [...dials, worked]) expect(await rulesOf(each.id)).toEqual([])
  })

  test('a board with too many KPIs', async () => {
    const { id: departmentId } = await make('departments', { name: 'Board' })
    for (const code of ['B1', 'B2', 'B3']) await dial(code, [1, 1, 1], { departmentId })
    await call('PATCH', '/v1/organization', { insightPolicy: { mostKpis: 2 } })
    const [one] = (await about(departmentId)) as [Insight]
    expect(one).toMatchObject({
      rule: 'too_many_kpis',
      subject: { type: 'department' },
      evidence: { count: 3, most: 2 },
    })
    await send(one)
    expect(await rulesOf(departmentId)).toEqual([])
    await call('PATCH', '/v1/organization', { insightPolicy: { mostKpis: null } })
    const readsGoals = world.as(await world.key('integration', ['okr:read']))
    expect((await readsGoals('GET', '/v1/insights?subjectType=kpi')).body.items).toEqual([])
  })

  test('harder definitions are not softer ones', async () => {
    const { keyResult: made } = await sound('Harder')
    await call('PATCH', `/v1/key-results/${made.id}`, { target: 120, reason: 'Too easy' })
    expect(await rulesOf(made.id)).toEqual([])
  })
})

describe('the list', () => {
  test('filters, pages without repeating or missing, most severe first, the same by GraphQL', async () => {
    for (let at = 0; at < 3; at++) await objective(quarter.id, `Empty ${at}`)
    const all: Insight[] = (await call('GET', '/v1/insights?limit=100')).body.items
    const ranks = all.map(({ severity }) => ['high', 'medium', 'low'].indexOf(severity))
    expect(ranks).toEqual(ranks.toSorted((one, other) => one - other))
    const paged: Insight[] = []
    for (let cursor = ''; ; ) {
      const { body } = await call('GET', `/v1/insights?limit=2${cursor}`)
      paged.push(...body.items)
      if (body.nextCursor === null) break
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`
    }
    expect(paged).toEqual(all)
    const high = all.filter(({ severity }) => severity === 'high')
    expect((await call('GET', '/v1/insights?severity=high&limit=100')).body.items).toEqual(high)
    const empty = await call('GET', `/v1/insights?rule=objective_without_key_results&cycleId=${quarter.id}`)
    expect(empty.body.items).toHaveLength(3)
    expect((await call('GET', '/v1/insights?subjectType=team')).body.items).toEqual([])
    const { body } = await call.graphql(
      '{ insights(first: 100) { nodes { rule severity subject { type id } cycleId because evidence fix { method path body } } pageInfo { hasNextPage } } }',
    )
    expect(body.data.insights).toEqual({ nodes: all, pageInfo: { hasNextPage: false } })
  })

  test('is visible to the reader only', async () => {
    const { id } = await objective(quarter.id, 'Secret', {
      visibility: 'private',
      ownerType: 'user',
      ownerId: lead.id,
    })
    const stranger = await createPerson(world, issuer)
    expect((await about(id)).map(({ rule }) => rule)).toContain('objective_without_key_results')
    expect((await about(id, lead.call)).length).toBeGreaterThan(0)
    expect(await about(id, stranger.call)).toEqual([])
    const machine = world.as(await world.key('integration', ['okr:read']))
    expect(await about(id, machine)).toEqual([])
  })
})
