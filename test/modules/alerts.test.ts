import { describe, expect, test } from 'vitest'
import { runAlerts } from '../../src/jobs/alerts.ts'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'
import { createIssuer, createPerson } from '../support/people.ts'

const issuer = await createIssuer()
const at = '2026-02-20T10:00:00.000Z'
const world = await createWorld({ jwt: issuer.settings, at })
const { call } = world
const { make, read, cycle, objective, keyResult, checkIn } = goalsOf(call)
const quarter = await cycle({ name: 'Q1', kind: 'quarter', startsOn: '2026-01-01', endsOn: '2026-03-31' })

let count = 0
const kpiWith = async (given = {}) => {
  const code = `K${++count}`
  return make('kpis', { code, name: `KPI ${code}`, ...given })
}
const measure = (kpiId: string, period: string, value: number) => make(`kpis/${kpiId}/measurements`, { period, value })
const rule = (kind: string, given = {}) => make('alert-rules', { name: kind, kind, ...given })
const alertsOf = async (id: string): Promise<any[]> =>
  (await read(`alerts?subjectId=${id}&sort=raisedAt,id&limit=100`)).items
const statesOf = async (id: string) => (await alertsOf(id)).map(({ state }) => state)
const eventsOf = async (id: string): Promise<string[]> => {
  const client = await world.pool.connect()
  try {
    await client.query(`begin; set local app.tenant = '${world.organizationId}'`)
    const { rows } = await client.query<{ type: string }>(
      `select type from events where tenant_id = $1 and cause_id = $2 and type like 'alert.%' order by occurred_at, id`,
      [world.organizationId, id],
    )
    await client.query('commit')
    return rows.map(({ type }) => type)
  } finally {
    client.release()
  }
}
const silent = { error: (given: { err: Error }) => expect.fail(given.err.message) }
const later = (days: number) => new Date(Date.parse(at) + days * 86_400_000)
/** What the clock of a later day would tell. */
const runOn = async (days: number) =>
  runAlerts({
    pool: world.pool,
    clock: () => later(days),
    log: silent as never,
    organizationIds: [world.organizationId],
  })

describe('one alert for each episode', () => {
  test('a line crossed is told once, ends when the value is back, and begins anew', async () => {
    const { id } = await kpiWith()
    const { id: ruleId } = await rule('kpi_threshold', { kpiId: id, below: 80 })
    await measure(id, '2025-10', 90)
    expect(await alertsOf(id)).toEqual([])
    await measure(id, '2025-11', 70)
    await measure(id, '2025-12', 60)
    const [first] = await alertsOf(id)
    expect(first).toMatchObject({
      ruleId,
      subjectType: 'kpi',
      state: 'open',
      raisedAt: at,
      resolvedAt: null,
      evidence: { value: 70, below: 80 },
      because: expect.stringContaining('is 70, below 80'),
    })
    await measure(id, '2026-01', 85)
    expect(await statesOf(id)).toEqual(['resolved'])
    await measure(id, '2026-01', 79)
    expect(await statesOf(id)).toEqual(['resolved', 'open'])
    expect(await eventsOf(id)).toEqual(['alert.raised', 'alert.resolved', 'alert.raised'])
    await runOn(0)
    expect(await statesOf(id)).toEqual(['resolved', 'open'])
  })

  test('the red line, for every KPI when none is named; told at once when the rule is made, and over with it', async () => {
    const { id } = await kpiWith()
    await make(`kpis/${id}/targets`, { effectiveFrom: '2025-01-01', target: 90, redLine: 80 })
    await measure(id, '2026-01', 70)
    const { id: ruleId } = await rule('kpi_threshold', {})
    expect(await statesOf(id)).toEqual(['open'])
    await call('PATCH', `/v1/alert-rules/${ruleId}`, { enabled: false })
    expect(await statesOf(id)).toEqual(['resolved'])
    await call('PATCH', `/v1/alert-rules/${ruleId}`, { enabled: true })
    expect(await statesOf(id)).toEqual(['resolved', 'open'])
    await call('DELETE', `/v1/alert-rules/${ruleId}`)
    expect(await statesOf(id)).toEqual(['resolved', 'resolved'])
  })

  test('two writers raise it once', async () => {
    const { id } = await kpiWith()
    await rule('kpi_threshold', { kpiId: id, above: 10 })
    const months = ['2025-09', '2025-10', '2025-11', '2025-12', '2026-01', '2026-02']
    await Promise.all([...months.map((period) => measure(id, period, 20)), runOn(0)])
    expect(await statesOf(id)).toEqual(['open'])
    expect(await eventsOf(id)).toEqual(['alert.raised'])
  })
})

describe('what time alone changes is told by the job', () => {
  test('a KPI becomes stale, and is measured again', async () => {
    const { id } = await kpiWith({ frequency: 'week' })
    await rule('kpi_stale', { kpiId: id })
    await measure(id, '2026-W07', 1)
    expect(await alertsOf(id)).toEqual([])
    await runOn(40)
    expect(await alertsOf(id)).toMatchObject([{ state: 'open', because: expect.stringContaining('not measured') }])
    await measure(id, '2026-W08', 2)
    expect(await statesOf(id)).toEqual(['resolved'])
  })

  test('a key result becomes stale; a check-in ends it', async () => {
    const { id } = await keyResult((await objective(quarter.id, 'Read')).id)
    await checkIn(id, { value: 60 })
    await rule('key_result_stale')
    expect(await alertsOf(id)).toEqual([])
    await runOn(25)
    expect(await statesOf(id)).toEqual(['open'])
    await checkIn(id, { value: 61 })
    expect(await statesOf(id)).toEqual(['resolved'])
  })
})

test('an objective off track, in the transaction of the check-in that says so', async () => {
  const { id } = await objective(quarter.id, 'Behind')
  const measured = await keyResult(id)
  await rule('objective_off_track', { objectiveId: id })
  await checkIn(measured.id, { value: 1 })
  expect(await alertsOf(id)).toMatchObject([{ subjectType: 'objective', state: 'open', evidence: { progress: 0.01 } }])
  await checkIn(measured.id, { value: 90 })
  expect(await statesOf(id)).toEqual(['resolved'])
  expect(await eventsOf(id)).toEqual(['alert.raised', 'alert.resolved'])
})

test('what is deleted is over', async () => {
  const kpi = await kpiWith()
  await rule('kpi_threshold', { kpiId: kpi.id, above: 1 })
  await measure(kpi.id, '2026-01', 2)
  const goal = await objective(quarter.id, 'Given up')
  await rule('objective_off_track', { objectiveId: goal.id })
  await checkIn((await keyResult(goal.id)).id, { value: 1 })
  for (const path of [`kpis/${kpi.id}`, `objectives/${goal.id}`])
    expect((await call('DELETE', `/v1/${path}`)).status).toBe(204)
  await runOn(0)
  for (const { id } of [kpi, goal]) expect(await eventsOf(id)).toEqual(['alert.raised', 'alert.resolved'])
})

test('an anomaly of the newest complete period', async () => {
  const { id } = await kpiWith()
  await rule('kpi_anomaly', { kpiId: id })
  const values = Array.from({ length: 14 }, (_each, month) => 50 + ((month * 7) % 5) / 10)
  const items = values.map((value, month) => ({
    kpiId: id,
    period: new Date(Date.UTC(2024, 11 + month, 1)).toISOString().slice(0, 7),
    value,
  }))
  await call('POST', '/v1/measurements/batch', { items })
  expect(await alertsOf(id)).toEqual([])
  await measure(id, '2026-01', 70)
  expect(await alertsOf(id)).toMatchObject([{ state: 'open', evidence: { period: '2026-01', value: 70 } }])
  await measure(id, '2026-01', 50.2)
  expect(await statesOf(id)).toEqual(['resolved'])
})

describe('rules', () => {
  test.each([
    ['another subject than its kind', { kind: 'kpi_stale', objectiveId: 'objective' }, '/objectiveId'],
    ['lines without a threshold', { kind: 'kpi_stale', above: 3 }, '/above'],
    ['lines that always hold', { kind: 'kpi_threshold', above: 3, below: 4 }, '/above'],
    ['a KPI that does not exist', { kind: 'kpi_stale', kpiId: quarter.id }, '/kpiId'],
  ])('refuse %s', async (_name, given, pointer) => {
    const objectiveId = 'objectiveId' in given ? { objectiveId: (await objective(quarter.id, 'One')).id } : {}
    const { body } = await call('POST', '/v1/alert-rules', { name: 'Rule', ...given, ...objectiveId })
    expect(body).toMatchObject({ status: 422, errors: [{ pointer }] })
  })

  test('alerts are seen by those who see the subject, and by GraphQL from both ends', async () => {
    const owner = await createPerson(world, issuer)
    const stranger = await createPerson(world, issuer)
    const { id } = await kpiWith({ visibility: 'private', ownerType: 'user', ownerId: owner.id })
    const { id: ruleId } = await rule('kpi_threshold', { kpiId: id, above: 1 })
    await measure(id, '2026-01', 2)
    const seenBy = async (caller: typeof call) =>
      (await caller('GET', `/v1/alerts?subjectId=${id}`)).body.items.length as number
    expect([await seenBy(call), await seenBy(owner.call), await seenBy(stranger.call)]).toEqual([1, 1, 0])
    expect((await stranger.call('GET', `/v1/alert-rules/${ruleId}`)).status).toBe(404)
    const { body } = await call.graphql(
      `{ alertRule(id: "${ruleId}") { kpi { id } alerts { nodes { state subject { ... on Kpi { id } } } } } }`,
    )
    expect(body.data.alertRule).toEqual({ kpi: { id }, alerts: { nodes: [{ state: 'open', subject: { id } }] } })
  })
})
