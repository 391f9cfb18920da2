import { describe, expect, it } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const world = await createWorld({ at: '2026-11-20T12:00:00Z' })
const { call, clock } = world
const { make, read } = goalsOf(call)

let codes = 0
const kpi = (given: Record<string, unknown> = {}) =>
  make('kpis', { code: `S${++codes}`, name: 'Revenue', aggregation: 'sum', ...given })

const record = async (items: Record<string, unknown>[]) => {
  const answer = await call('POST', '/v1/measurements/batch', { items })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.items as { status: number; id: string }[]
}

const seriesOf = async (id: string, query = '') => (await read(`kpis/${id}/series?${query}`)) as Series
type Series = { grain: string; series: { dimensions: object; points: Record<string, any>[] }[] }
const values = ({ series }: Series) => series[0]?.points.map(({ period, value }) => [period, value])

const year = 'from=2026-01-01&to=2026-12-31'

describe('A series', () => {
  it('adds up as it is asked to', async () => {
    const { id, code } = await kpi()
    const months = { '2026-07': 1, '2026-08': 5, '2026-09': 2 }
    await record(Object.entries(months).map(([period, value]) => ({ kpiCode: code, period, value })))
    const quarter = async (more: string) =>
      values(await seriesOf(id, `from=2026-07-01&to=2026-09-30&grain=quarter${more}`))?.[0]?.[1]
    expect(await quarter('')).toBe(8)
    expect(await quarter('&aggregation=max')).toBe(5)
    expect(await quarter('&aggregation=last')).toBe(2)
  })

  it('lies within the years there are, however it is asked for', async () => {
    const { id } = await kpi()
    const far = 'compare=previous_year&movingAverage=100&grain=year'
    for (const asked of [`from=0001-01-01&to=0001-12-31&${far}`, 'from=2199-12-31&to=9999-12-31']) {
      const { status, body } = await call('GET', `/v1/kpis/${id}/series?${asked}`)
      expect([status, body.code]).toEqual([422, 'invalid_input'])
    }
    expect((await call('GET', `/v1/kpis/${id}/series?from=1800-01-01&to=1801-12-31&${far}`)).status).toBe(200)
  })

  it('refuses what it cannot answer at the parameter that says so', async () => {
    const { id } = await kpi()
    const asked = {
      'to=9999-12-31': '/to',
      'from=0000-01-01': '/from',
      'from=2026-02-01&to=2026-01-01': '/from',
      'knownAt=0000-01-01T00:00:00Z': '/knownAt',
      'aggregation=ratio': '/aggregation',
      'dimensions=a:b&dimensions=a:c': '/dimensions/1',
      'dimensions=a%5C:b': '/dimensions/0',
      'groupBy=a&groupBy=a': '/groupBy',
    }
    for (const [query, pointer] of Object.entries(asked)) {
      const { status, body } = await call('GET', `/v1/kpis/${id}/series?${query}`)
      expect([query, status, body.errors?.[0]?.pointer]).toEqual([query, 422, pointer])
    }
    expect((await seriesOf(id, 'to=1800-03-01')).series[0]?.points).toHaveLength(3)
    const target = await call('POST', `/v1/kpis/${id}/targets`, { effectiveFrom: '0000-01-01', target: 1 })
    expect([target.status, target.body.errors[0].pointer]).toEqual([422, '/effectiveFrom'])
  })

  it('finds dimensions whose names have colons and backslashes', async () => {
    const { id, code } = await kpi()
    const dimensions = { 'sex: both': 'x:y', 'a\\b': '1' }
    await record([{ kpiCode: code, period: '2026-09', value: 3, dimensions }])
    const query = `dimensions=${encodeURIComponent('sex\\: both:x:y')}&dimensions=${encodeURIComponent('a\\\\b:1')}`
    expect(values(await seriesOf(id, `from=2026-09-01&to=2026-09-30&${query}`))).toEqual([['2026-09', 3]])
    expect((await read(`kpis/${id}/measurements/history?${query}`)).items).toHaveLength(1)
  })

  it('is judged by its targets only where it is added up as the KPI is', async () => {
    const { id, code } = await kpi()
    await make(`kpis/${id}/targets`, { effectiveFrom: '2026-01-01', target: 10 })
    await record([{ kpiCode: code, period: '2026-09', value: 3 }])
    const september = 'from=2026-09-01&to=2026-09-30'
    const statusOf = async (more: string) => (await seriesOf(id, september + more)).series[0]?.points[0]?.['status']
    expect(await statusOf('')).toBe('amber')
    expect(await statusOf('&aggregation=sum')).toBe('amber')
    expect(await statusOf('&aggregation=average')).toBe('no_target')
  })

  it('of children is dense where there are none', async () => {
    const { id } = await kpi()
    const series = await seriesOf(id, 'of=children&from=2026-01-01&to=2026-02-28')
    expect(values(series)).toEqual([
      ['2026-01', null],
      ['2026-02', null],
    ])
  })

  it('of children leaves out those its reader may not see', async () => {
    const parent = await kpi()
    const { code } = await kpi({ parentId: parent.id, visibility: 'private' })
    await record([{ kpiCode: code, period: '2026-09', value: 77 }])
    const query = `/v1/kpis/${parent.id}/series?of=children&from=2026-09-01&to=2026-09-30`
    const seen = async (as: typeof call) => values((await as('GET', query)).body)?.[0]?.[1] ?? null
    expect(await seen(call)).toBe(77)
    expect(await seen(world.as(await world.key('viewer')))).toBeNull()
  })

  it('is dense: a month without data is there, and null', async () => {
    const { id, code } = await kpi()
    await record([
      { kpiCode: code, period: '2026-01', value: 10 },
      { kpiCode: code, period: '2026-03', value: 30 },
    ])
    const series = await seriesOf(id, 'from=2026-01-01&to=2026-04-30')
    expect(values(series)).toEqual([
      ['2026-01', 10],
      ['2026-02', null],
      ['2026-03', 30],
      ['2026-04', null],
    ])
    expect(series.series[0]?.points[1]).toMatchObject({ status: 'no_target', complete: false, reason: null })
    const sparse = await seriesOf(id, 'from=2026-01-01&to=2026-04-30&dense=false')
    expect(values(sparse)).toEqual([
      ['2026-01', 10],
      ['2026-03', 30],
    ])
    const blank = await kpi()
    expect(values(await seriesOf(blank.id, 'from=2026-01-01&to=2026-02-28'))).toEqual([
      ['2026-01', null],
      ['2026-02', null],
    ])
  })

  it('makes the quarter of a ratio from its sums, and says why it divided by zero', async () => {
    const { id, code } = await kpi({ aggregation: 'ratio', unitKind: 'percent' })
    await record([
      { kpiCode: code, period: '2026-01', numerator: 1, denominator: 2 },
      { kpiCode: code, period: '2026-02', numerator: 90, denominator: 100 },
      { kpiCode: code, period: '2026-03', numerator: 0, denominator: 98 },
      { kpiCode: code, period: '2026-04', numerator: 5, denominator: 0 },
    ])
    const quarters = await seriesOf(id, `${year}&grain=quarter`)
    expect(quarters.series[0]?.points[0]).toMatchObject({ period: '2026-Q1', value: 91 / 200, complete: true })
    expect(quarters.series[0]?.points[1]).toMatchObject({ value: null, reason: 'division_by_zero', complete: false })
    const months = await seriesOf(id, year)
    expect(months.series[0]?.points[3]).toMatchObject({ period: '2026-04', value: null, reason: 'division_by_zero' })
    expect(months.series[0]?.points[4]).toMatchObject({ period: '2026-05', value: null, reason: null })
  })

  it.each([
    ['last', 40, 40],
    ['sum', 70, 40],
    ['average', 70 / 3, 20],
    ['min', 10, 10],
    ['max', 40, 30],
  ])('adds points up into longer periods: %s', async (aggregation, quarter) => {
    const { id, code } = await kpi({ aggregation })
    await record([10, 20, 40].map((value, at) => ({ kpiCode: code, period: `2026-0${at + 1}`, value })))
    const { series } = await seriesOf(id, 'from=2026-01-01&to=2026-03-31&grain=quarter')
    expect(series[0]?.points).toMatchObject([{ value: quarter, complete: true }])
  })

  it('answers what was known then, after a correction and after taking back', async () => {
    clock.now = new Date('2026-11-05T08:00:00Z')
    const { id, code } = await kpi()
    const [first] = await record([{ kpiCode: code, period: '2026-10', value: 100 }])
    expect(first?.status).toBe(201)
    clock.now = new Date('2026-11-12T08:00:00Z')
    const [second] = await record([{ kpiCode: code, period: '2026-10', value: 120 }])
    expect(second?.status).toBe(200)
    const [same] = await record([{ kpiCode: code, period: '2026-10', value: 120 }])
    expect(same).toEqual({ ...second, outcome: 'unchanged' })
    const october = 'from=2026-10-01&to=2026-10-31'
    expect(values(await seriesOf(id, october))).toEqual([['2026-10', 120]])
    expect(values(await seriesOf(id, `${october}&knownAt=2026-11-06T00:00:00Z`))).toEqual([['2026-10', 100]])
    expect(values(await seriesOf(id, `${october}&knownAt=2026-11-01T00:00:00Z`))).toEqual([['2026-10', null]])
    expect(await read(`kpis/${id}`)).toMatchObject({ value: 120 })

    clock.now = new Date('2026-11-19T08:00:00Z')
    expect((await call('DELETE', `/v1/measurements/${second?.id}`)).status).toBe(204)
    expect(values(await seriesOf(id, october))).toEqual([['2026-10', null]])
    expect(values(await seriesOf(id, `${october}&knownAt=2026-11-18T00:00:00Z`))).toEqual([['2026-10', 120]])
    expect(await read(`kpis/${id}`)).toMatchObject({ value: null, status: 'no_target' })
    expect((await read(`kpis/${id}/measurements/history?period=2026-10`)).items).toMatchObject([
      { value: 120, voidedAt: '2026-11-19T08:00:00.000Z' },
      { value: 100, supersededAt: '2026-11-12T08:00:00.000Z' },
    ])
    clock.now = new Date('2026-11-20T12:00:00Z')
  })

  it('shows periods of an irregular KPI as they were known, also those taken back since', async () => {
    const before = clock.now
    clock.now = new Date('2026-11-01T12:00:00Z')
    const { id, code } = await kpi({ frequency: 'irregular', aggregation: 'last' })
    const days = { '2026-10-05': 1, '2026-10-09': 2 }
    const [, second] = await record(Object.entries(days).map(([period, value]) => ({ kpiCode: code, period, value })))
    clock.now = new Date('2026-11-10T12:00:00Z')
    expect((await call('DELETE', `/v1/measurements/${second?.id}`)).status).toBe(204)
    clock.now = before
    expect(values(await seriesOf(id, 'from=2026-01-01&knownAt=2026-11-05T00:00:00Z'))).toEqual(Object.entries(days))
    expect(values(await seriesOf(id, 'from=2026-01-01'))).toEqual([['2026-10-05', 1]])
  })

  it('adds members up, and never two breakdowns of the same thing', async () => {
    const { id, code } = await kpi()
    const of = (period: string, value: number, dimensions: object) => ({ kpiCode: code, period, value, dimensions })
    await record([
      of('2026-01', 6, { region: 'EMEA' }),
      of('2026-01', 4, { region: 'US' }),
      of('2026-01', 1, { region: 'US', sex: 'F' }),
      of('2026-01', 2, { region: 'US', sex: 'M' }),
      of('2026-02', 3, { region: 'US', sex: 'F' }),
      of('2026-02', 4, { region: 'US', sex: 'M' }),
      of('2026-03', 100, {}),
      of('2026-03', 5, { region: 'US' }),
    ])
    const quarter = 'from=2026-01-01&to=2026-03-31'
    expect(values(await seriesOf(id, quarter))).toEqual([
      ['2026-01', 10],
      ['2026-02', 7],
      ['2026-03', 100],
    ])
    const grouped = await seriesOf(id, `${quarter}&groupBy=region`)
    expect(grouped.series.map(({ dimensions, points }) => [dimensions, points.map(({ value }) => value)])).toEqual([
      [{ region: 'EMEA' }, [6, null, null]],
      [{ region: 'US' }, [4, 7, 5]],
    ])
    const filtered = await seriesOf(id, `${quarter}&dimensions=region:US&groupBy=sex`)
    expect(filtered.series.map(({ dimensions, points }) => [dimensions, points.map(({ value }) => value)])).toEqual([
      [{ sex: 'F' }, [1, 3, null]],
      [{ sex: 'M' }, [2, 4, null]],
    ])
    expect(await read(`kpis/${id}`)).toMatchObject({ value: 100, periodStart: '2026-03-01' })
  })

  it('compares, smooths and judges each period by the target of its time', async () => {
    const { id, code } = await kpi({ aggregation: 'last' })
    await make(`kpis/${id}/targets`, { effectiveFrom: '2026-01-01', target: 20, redLine: 10 })
    await make(`kpis/${id}/targets`, { effectiveFrom: '2026-03-01', target: 50, redLine: 40 })
    await record([
      { kpiCode: code, period: '2025-02', value: 7 },
      ...[10, 20, 30].map((value, at) => ({ kpiCode: code, period: `2026-0${at + 1}`, value })),
    ])
    const span = 'from=2026-01-01&to=2026-03-31'
    const { series } = await seriesOf(id, `${span}&compare=previous_year&movingAverage=2`)
    expect(series[0]?.points).toMatchObject([
      { value: 10, target: 20, status: 'red', compare: null, movingAverage: null, score: 0.333333 },
      { value: 20, target: 20, status: 'green', compare: 7, movingAverage: 15, score: 0.666667 },
      { value: 30, target: 50, redLine: 40, status: 'red', compare: null, movingAverage: 25, score: 0 },
    ])
    const before = await seriesOf(id, `${span}&compare=previous_period`)
    expect(before.series[0]?.points.map(({ compare }) => compare)).toEqual([null, 10, 20])
  })

  it('adds child KPIs up by the roll-up of their parent', async () => {
    const parent = await kpi()
    for (const value of [1, 2]) {
      const child = await kpi({ parentId: parent.id })
      await record([{ kpiId: child.id, period: '2026-01', value }])
    }
    expect(values(await seriesOf(parent.id, 'from=2026-01-01&to=2026-02-28&of=children'))).toEqual([
      ['2026-01', 3],
      ['2026-02', null],
    ])
  })

  it('is worked out by a formula, period by period and at any grain', async () => {
    const [revenue, people] = [await kpi(), await kpi({ aggregation: 'last' })]
    const each = await kpi({ formula: `${revenue.code} / ${people.code}`, aggregation: 'average' })
    await record([
      ...[10, 20, 30].map((value, at) => ({ kpiCode: revenue.code, period: `2026-0${at + 1}`, value })),
      ...[2, 0, 5].map((value, at) => ({ kpiCode: people.code, period: `2026-0${at + 1}`, value })),
    ])
    const months = await seriesOf(each.id, 'from=2026-01-01&to=2026-03-31')
    expect(months.series[0]?.points).toMatchObject([
      { value: 5 },
      { value: null, reason: 'division_by_zero' },
      { value: 6 },
    ])
    const quarter = await seriesOf(each.id, 'from=2026-01-01&to=2026-03-31&grain=quarter')
    expect(quarter.series[0]?.points).toMatchObject([{ value: 12 }])
    expect(await read(`kpis/${each.id}`)).toMatchObject({ value: 6, periodStart: '2026-03-01' })
    const growth = await kpi({ formula: `${each.code} - prev(${each.code}, 2)` })
    expect(await read(`kpis/${growth.id}`)).toMatchObject({ value: 1 })
    await record([{ kpiCode: people.code, period: '2026-03', value: 10 }])
    expect(await read(`kpis/${growth.id}`)).toMatchObject({ value: -2 })
  })

  it('is the same in GraphQL', async () => {
    const { id, code } = await kpi()
    await record([{ kpiCode: code, period: '2026-01', value: 10 }])
    const { body } = await call.graphql(
      `{ kpiSeries(id: "${id}", from: "2026-01-01", to: "2026-02-28") { grain series { points { period value status } } } }`,
    )
    expect(body.data.kpiSeries).toEqual({
      grain: 'month',
      series: [
        {
          points: [
            { period: '2026-01', value: 10, status: 'no_target' },
            { period: '2026-02', value: null, status: 'no_target' },
          ],
        },
      ],
    })
  })
})

describe('What is refused', () => {
  it('is told with a code', async () => {
    const { id, code } = await kpi()
    const ratio = await kpi({ aggregation: 'ratio' })
    const cases: [string, Record<string, unknown>, string][] = [
      [id, { period: '2026', value: 1 }, 'invalid_period'],
      [id, { period: '2026-13-01', value: 1 }, 'invalid_period'],
      [id, { period: '2027-01', value: 1 }, 'invalid_period'],
      [id, { period: '2026-01' }, 'wrong_measurement'],
      [id, { period: '2026-01', numerator: 1 }, 'wrong_measurement'],
      [id, { period: '2026-01', value: 1, numerator: 1, denominator: 2 }, 'wrong_measurement'],
      [ratio.id, { period: '2026-01', value: 1 }, 'wrong_measurement'],
      [ratio.id, { period: '2026-01', numerator: 1e15, denominator: 1e-15 }, 'wrong_measurement'],
    ]
    for (const [of, body, expected] of cases) {
      const answer = await call('POST', `/v1/kpis/${of}/measurements`, body)
      expect([answer.status, answer.body.code], JSON.stringify(body)).toEqual([422, expected])
    }
    expect((await call('POST', '/v1/kpis', { code, name: 'Again' })).body.code).toBe('code_taken')
    const itself = await call('PATCH', `/v1/kpis/${id}`, { formula: `${code} + 1` })
    expect([itself.status, itself.body.code]).toEqual([409, 'formula_cycle'])
    const over = await kpi({ formula: `${code} + 1` })
    const circle = await call('PATCH', `/v1/kpis/${id}`, { formula: `${over.code} + 1` })
    expect([circle.status, circle.body.code]).toEqual([409, 'formula_cycle'])
    expect((await call('PATCH', `/v1/kpis/${id}`, { code: 'Other' })).body.code).toBe('has_dependents')
    expect((await call('POST', `/v1/kpis/${over.id}/measurements`, { period: '2026-01', value: 1 })).body.code).toBe(
      'wrong_measurement',
    )
    for (const formula of ['1 + 1', 'zeros(1e9, 1e9)', '(('.repeat(5_000), `${code} +`])
      expect((await call('POST', '/v1/kpis', { code: 'bad', name: 'Bad', formula })).body.status, formula).toBe(422)
  })

  it('leaves the other items of a batch alone', async () => {
    const { code } = await kpi()
    const answer = await call('POST', '/v1/measurements/batch', {
      atomic: false,
      items: [
        { kpiCode: code, period: '2026-01', value: 1 },
        { kpiCode: 'nobody', period: '2026-01', value: 1 },
        { kpiCode: code, period: 'soon', value: 1 },
        { kpiCode: code, period: '2026-02', value: 2 },
      ],
    })
    expect(answer.body.items.map(({ status }: { status: number }) => status)).toEqual([201, 422, 422, 201])
  })
})
