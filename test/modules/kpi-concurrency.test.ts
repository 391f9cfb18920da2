import { expect, it } from 'vitest'
import { type Answer, type Caller, createWorld } from '../support/app.ts'
import { adminPool } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'
import { addNode } from '../support/nodes.ts'

const { call } = await createWorld({ at: '2026-11-20T12:00:00Z' })
const { make, read, cycle, objective, keyResult } = goalsOf(call)

it('measurements, check-ins and key results that begin to follow meet without a deadlock, and nothing is lost', async () => {
  const codes = ['A', 'B', 'C']
  for (const code of codes) await make('kpis', { code, name: code })
  await make('kpis', { code: 'SUM', name: 'Sum', formula: 'A + B + C' })
  const kpis = new Map<string, any>((await read('kpis')).items.map((row: { code: string }) => [row.code, row]))
  // Two goal graphs, so that one measurement waits for both.
  const goals = [
    await objective((await cycle()).id, 'One'),
    await objective((await cycle({ name: 'Other' })).id, 'Other'),
  ]
  const follow = (objectiveId: string, code: string) =>
    keyResult(objectiveId, { source: 'kpi', kpiId: kpis.get(code).id, baseline: 0, target: 1_000 })
  const followers = [await follow(goals[0].id, 'A'), await follow(goals[1].id, 'SUM')]
  const said = await keyResult(goals[0].id)
  const months = ['2026-08', '2026-09', '2026-10', '2026-11']

  const answers = await Promise.all(
    months.flatMap((period, at) => [
      ...codes.map((kpiCode, of) =>
        call('POST', '/v1/measurements/batch', {
          items: [
            { kpiCode, period, value: (at + 1) * 10 + of },
            { kpiCode: codes[(of + 1) % 3], period: `2025-0${at + 1}`, value: of },
          ],
        }),
      ),
      call('POST', `/v1/key-results/${said.id}/check-ins`, { value: at * 10 }),
      call('POST', '/v1/key-results', {
        objectiveId: goals[at % 2].id,
        title: 'Late',
        kind: 'metric',
        source: 'kpi',
        kpiId: kpis.get('SUM').id,
        baseline: 0,
        target: 1_000,
      }),
      call('PATCH', `/v1/kpis/${kpis.get('SUM').id}`, { formula: at % 2 === 0 ? 'C + B + A' : 'A + B + C' }),
    ]),
  )
  expect(answers.map(({ status, body }) => (status < 300 ? 'ok' : body.code)).filter((each) => each !== 'ok')).toEqual(
    [],
  )

  const sum = 40 + 41 + 42
  expect(await read(`kpis/${kpis.get('SUM').id}`)).toMatchObject({ value: sum })
  expect(await read(`key-results/${followers[0].id}`)).toMatchObject({ value: 40, progress: 0.04 })
  const late = (await read('key-results?source=kpi&limit=100')).items.filter(
    ({ title }: { title: string }) => title === 'Late',
  )
  expect(late).toHaveLength(4)
  for (const each of [...late, await read(`key-results/${followers[1].id}`)])
    expect(each).toMatchObject({ value: sum, progress: 0.123 })
})

const admin = adminPool()
const deadlocks = async (): Promise<number> => {
  const text = 'select deadlocks::int from pg_stat_database where datname = current_database()'
  return (await admin.query<{ deadlocks: number }>(text)).rows[0]?.deadlocks ?? 0
}
const seconds = Number(process.env['CONCURRENCY_SECONDS'] ?? 3)

it('imports, single values and definitions of the same KPIs at once leave what would be worked out anew', {
  timeout: (seconds + 30) * 1_000,
}, async () => {
  const world = await createWorld({ at: '2026-11-20T12:00:00Z' })
  const goals = goalsOf(world.call)
  const before = await deadlocks()
  const nodes = [await addNode(world), await addNode(world), await addNode(world)]
  const all = new Map<string, { id: string }>()
  const define = async (code: string, given: object) =>
    all.set(code, await goals.make('kpis', { code, name: code, ...given }))
  await define('FLOW', { aggregation: 'sum' })
  await define('LEVEL', {})
  await define('BOTH', { formula: 'FLOW + LEVEL' })
  const idOf = (code: string) => all.get(code)?.id as string
  for (const kpiCode of ['FLOW', 'LEVEL'])
    await goals.make(`kpis/${idOf(kpiCode)}/measurements`, { period: '2026-10', value: 10 })
  const { id: cycleId } = await goals.cycle()
  for (const code of all.keys()) await goals.make(`kpis/${idOf(code)}/promote`, { cycleId, target: 1_000 })

  const some = (most: number) => Math.floor(Math.random() * most)
  const pick = <T>(list: readonly T[]): T => list[some(list.length)] as T
  const month = () => `2026-${String(3 + some(9)).padStart(2, '0')}`
  const measured = () => pick(['FLOW', 'LEVEL'])
  const point = (kpiCode: string) => ({ kpiCode, period: month(), value: some(900) })
  const doings: ((caller: Caller) => Promise<Answer>)[] = [
    (caller) => {
      const rows = Array.from({ length: 30 }, () => Object.values(point(measured())).join())
      return caller('POST', '/v1/measurements/import', ['kpiCode,period,value', ...rows].join('\n'), {
        'content-type': 'text/csv',
      })
    },
    (caller) => caller('POST', '/v1/measurements/batch', { items: [point('LEVEL'), point('FLOW')] }),
    (caller) => caller('POST', '/v1/measurements/batch', { items: [point('FLOW'), point('LEVEL')] }),
    (caller) => {
      const { kpiCode, ...rest } = point(measured())
      return caller('POST', `/v1/kpis/${idOf(kpiCode)}/measurements`, rest)
    },
    async (caller) => {
      const { body } = await caller('GET', `/v1/measurements?kpiId=${idOf(measured())}&limit=5`)
      return caller('DELETE', `/v1/measurements/${pick<{ id: string }>(body.items)?.id ?? idOf('FLOW')}`)
    },
    (caller) => caller('PATCH', `/v1/kpis/${idOf('BOTH')}`, { formula: pick(['FLOW + LEVEL', 'LEVEL + FLOW']) }),
    (caller) => caller('POST', `/v1/kpis/${idOf(pick(['FLOW', 'BOTH']))}/promote`, { cycleId, target: 1_000 }),
    (caller) => caller('PATCH', '/v1/organization', { weekStart: 1 + some(7) }),
  ]
  const failures: string[] = []
  const end = Date.now() + seconds * 1_000
  let done = 0
  const write = async (at: number) => {
    while (Date.now() < end) {
      const { status, body } = await pick(doings)(nodes[at % nodes.length] as Caller)
      if (status >= 500 || status === 429) failures.push(`${status} ${JSON.stringify(body)}`)
      if (status < 300) done++
    }
  }
  await Promise.all(Array.from({ length: 10 }, (_, at) => write(at)))
  expect(failures).toEqual([])
  expect((await deadlocks()) - before).toBe(0)
  expect(done).toBeGreaterThan(10)

  const latest = new Map<string, number | null>()
  for (const [code, { id }] of all) {
    const { value, judgedValue, periodStart } = await goals.read(`kpis/${id}`)
    const points = (await goals.read(`kpis/${id}/series?from=2026-01-01&to=2026-11-30&dense=false`)).series[0].points
    const newest = points.at(-1)
    const complete = points.findLast((each: { end: string }) => each.end < '2026-11-20')
    expect([code, value, periodStart]).toEqual([code, newest?.value ?? null, newest?.start ?? null])
    expect([code, judgedValue]).toEqual([code, (code === 'FLOW' ? complete : newest)?.value ?? null])
    latest.set(id, (code === 'FLOW' ? complete : newest)?.value ?? null)
  }
  const followers = (await goals.read('key-results?limit=100')).items
  expect(followers.length).toBeGreaterThan(2)
  for (const { kpiId, value, baseline, attainment } of followers) {
    const expected = latest.get(kpiId) ?? null
    expect(value).toBe(expected)
    if (expected !== null) expect(attainment).toBeCloseTo((expected - baseline) / (1_000 - baseline), 5)
  }
})
