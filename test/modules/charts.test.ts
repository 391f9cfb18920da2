import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'
import { createIssuer, createPerson } from '../support/people.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings, at: '2026-02-20T10:00:00.000Z' })
const { call } = world
const { make, cycle, objective, keyResult, align, checkIn } = goalsOf(call)

const hostile = `<script>alert("1")</script> & ]]> {a|b} {b} \u202e'`
const draw = async (path: string, caller = call): Promise<string> => {
  const { status, body, headers } = await caller('GET', `/v1/${path}`)
  expect(status, JSON.stringify(body)).toBe(200)
  expect(headers['content-type']).toContain('image/svg+xml')
  return body
}

/** Well-formed, closed within itself, and told to those who cannot see it. */
const requirePicture = (svg: string): void => {
  const open: string[] = []
  const rest = svg.replaceAll(
    /<(\/?)(\w+)((?:\s+[\w:-]+="[^"<&]*(?:&#?\w+;[^"<&]*)*")*)\s*(\/?)>/g,
    (_tag, end, name, _rest, empty) => {
      if (end) expect(open.pop()).toBe(name)
      else if (!empty) open.push(name)
      return ''
    },
  )
  expect(open).toEqual([])
  const text = rest.replaceAll(/<!\[CDATA\[[^\]]*\]\]>/g, '').replaceAll(/&#?\w+;/g, '')
  expect(text).not.toMatch(/[<&]/)
  expect(svg).toMatch(/^<svg role="img" aria-labelledby="title description" [^>]*viewBox="0 0 \d+ \d+"/)
  expect(svg).not.toMatch(/<script|<foreignObject|<image|href=|@import|url\(http/i)
}

const monthly = async (kpiId: string, values: (number | null)[]) => {
  const items = values.flatMap((value, at) =>
    value === null ? [] : [{ kpiId, period: new Date(Date.UTC(2024, 6 + at, 1)).toISOString().slice(0, 7), value }],
  )
  expect((await call('POST', '/v1/measurements/batch', { items })).status).toBe(200)
}

test('a KPI: values, target, red line and forecast, in either theme; the same twice; names are text', async () => {
  const kpi = await make('kpis', { code: 'CHART', name: hostile, unitKind: 'percent', unit: '%' })
  const bare = await draw(`kpis/${kpi.id}/chart.svg`)
  requirePicture(bare)
  expect(bare).toContain('No value yet')
  await make(`kpis/${kpi.id}/targets`, { effectiveFrom: '2024-01-01', target: 70, redLine: 60 })
  await monthly(
    kpi.id,
    Array.from({ length: 19 }, (_each, at) => (at === 12 ? null : 60 + at)),
  )
  const light = await draw(`kpis/${kpi.id}/chart.svg`)
  const dark = await draw(`kpis/${kpi.id}/chart.svg?theme=dark&forecast=0`)
  for (const svg of [light, dark]) requirePicture(svg)
  expect(light).toBe(await draw(`kpis/${kpi.id}/chart.svg`))
  for (const word of ['78 % in 2026-01', 'Target', 'Red line', 'Forecast', 'Interval', '2026-04'])
    expect(light).toContain(word)
  expect(light).toContain('&#60;script&#62;')
  expect(dark).toContain('#161b22')
  expect(dark).not.toContain('Forecast')
})

test('a running sum is left to the forecast', async () => {
  const kpi = await make('kpis', { code: 'SUM', name: 'Sum', aggregation: 'sum' })
  await monthly(
    kpi.id,
    Array.from({ length: 20 }, (_each, at) => (at === 19 ? 1 : 50)),
  )
  expect(await draw(`kpis/${kpi.id}/chart.svg`)).toContain('50 in 2026-01')
  expect(await draw(`kpis/${kpi.id}/chart.svg?forecast=0`)).toContain('1 in 2026-02')
})

test('a scorecard and a tree: each name, number and word', async () => {
  const kpi = await make('kpis', { code: 'SCORED', name: 'Scored' })
  await make(`kpis/${kpi.id}/targets`, { effectiveFrom: '2024-01-01', target: 20, redLine: 0 })
  await monthly(kpi.id, [10])
  const { id } = await make('scorecards', { name: hostile, items: [{ kpiId: kpi.id, perspective: 'customer' }] })
  const card = await draw(`scorecards/${id}/chart.svg`)
  requirePicture(card)
  for (const word of ['customer', 'Scored', '50 · amber', 'Score 50 of 100']) expect(card).toContain(word)

  const year = await cycle()
  const top = await objective(year.id, hostile)
  const below = await objective(year.id, 'Below')
  await align(below.id, { parentObjectiveId: top.id })
  await checkIn((await keyResult(below.id)).id, { value: 40 })
  const tree = await draw(`objectives/${top.id}/tree.svg?theme=dark`)
  requirePicture(tree)
  for (const word of ['Below', '40 % · on track']) expect(tree).toContain(word)
})

test('who may not see a KPI gets no picture of it', async () => {
  const owner = await createPerson(world, issuer)
  const stranger = await createPerson(world, issuer)
  const given = { code: 'OWN', name: 'Own', visibility: 'private', ownerType: 'user', ownerId: owner.id }
  const { id } = await make('kpis', given)
  requirePicture(await draw(`kpis/${id}/chart.svg`, owner.call))
  const { status, headers } = await stranger.call('GET', `/v1/kpis/${id}/chart.svg`)
  expect(status).toBe(404)
  expect(headers['content-type']).toContain('application/problem+json')
  expect((await call('GET', `/v1/kpis/${id}/chart.svg?theme=pink`)).status).toBe(422)
})
