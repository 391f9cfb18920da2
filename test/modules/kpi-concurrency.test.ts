import { expect, it } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

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
