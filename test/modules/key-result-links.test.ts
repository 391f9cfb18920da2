import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const { call } = await createWorld({ at: '2026-02-14T10:00:00.000Z' })
const { make, read, cycle, objective, keyResult, checkIn, align } = goalsOf(call)
const year = await cycle()

/** A key result that adds up, and children with the given values, each in an objective of its own. */
const sum = async (values: (number | null)[], shares: number[] = [], members: object = {}) => {
  const company = await objective(year.id, 'Goal')
  const parent = await keyResult(company.id, { source: 'rollup', ...members })
  const children = []
  for (const [at, value] of values.entries()) {
    const child = await keyResult((await objective(year.id, 'Goal')).id)
    await make('key-result-links', { childKeyResultId: child.id, parentKeyResultId: parent.id, share: shares[at] ?? 1 })
    if (value !== null) await checkIn(child.id, { value })
    children.push(child)
  }
  return { company, parent, children }
}

const link = (childKeyResultId: string, parentKeyResultId: string, share = 1) =>
  call('POST', '/v1/key-result-links', { childKeyResultId, parentKeyResultId, share })

describe('adds values up by share', () => {
  test.each([
    ['by share', [30, 40], [1, 0.5], { value: 50, attainment: 0.5, progress: 0.5, dataState: 'ok' }],
    ['children without a value are skipped', [30, null], [1, 1], { value: 30, progress: 0.3 }],
    ['no value below', [null], [1], { value: null, attainment: null, progress: 0, dataState: 'no_data' }],
    ['values, never percentages', [90, -10], [1, 1], { value: 80, progress: 0.8 }],
    ['no children', [], [], { value: null, progress: 0, dataState: 'no_data' }],
  ])('%s', async (_name, values, shares, expected) => {
    const { company, parent } = await sum(values, shares)
    const found = await read(`key-results/${parent.id}`)
    expect(found).toMatchObject(expected)
    expect((await read(`objectives/${company.id}`)).progress).toBe(found.progress)
  })

  test('no value below, with the policy missing: exclude', async () => {
    const strict = await cycle({ policy: { missing: 'exclude' } })
    const parent = await keyResult((await objective(strict.id, 'Goal')).id, { source: 'rollup' })
    expect(await read(`key-results/${parent.id}`)).toMatchObject({ progress: null, dataState: 'no_data' })
  })

  test('a check-in two links below moves the company, and taking a link away moves it back', async () => {
    const { company, parent, children } = await sum([30])
    const [child] = children
    const middle = await keyResult((await objective(year.id, 'Goal')).id, { source: 'rollup' })
    const second = await make('key-result-links', { childKeyResultId: middle.id, parentKeyResultId: parent.id })
    await make('key-result-links', {
      childKeyResultId: (await keyResult((await objective(year.id, 'Goal')).id)).id,
      parentKeyResultId: middle.id,
    })
    const leaf = await read(`key-result-links?parentKeyResultId=${middle.id}`)
    await checkIn(leaf.items[0].childKeyResultId, { value: 25 })
    expect(await read(`objectives/${company.id}`)).toMatchObject({ progress: 0.55, coverage: 1 })
    expect((await call('DELETE', `/v1/key-result-links/${second.id}`)).status).toBe(204)
    expect((await read(`objectives/${company.id}`)).progress).toBe(0.3)
    expect((await call('POST', `/v1/key-result-links/${second.id}/restore`)).status).toBe(200)
    expect((await read(`objectives/${company.id}`)).progress).toBe(0.55)
    await call('DELETE', `/v1/key-results/${child.id}`)
    expect((await read(`objectives/${company.id}`)).progress).toBe(0.25)
  })

  test('an objective takes its key results out of the sum, and brings them back', async () => {
    const { parent, children } = await sum([30, 40])
    const of = children[0].objectiveId
    await call('DELETE', `/v1/objectives/${of}`)
    expect((await read(`key-results/${parent.id}`)).value).toBe(40)
    await call('POST', `/v1/objectives/${of}/restore`)
    expect((await read(`key-results/${parent.id}`)).value).toBe(70)
  })

  test('across cycles of different roots', async () => {
    const { parent } = await sum([10])
    const other = await cycle({ name: 'Another year' })
    const child = await keyResult((await objective(other.id, 'Goal')).id)
    expect((await link(child.id, parent.id)).status).toBe(201)
    await checkIn(child.id, { value: 5 })
    expect((await read(`key-results/${parent.id}`)).value).toBe(15)
  })

  test('what a person said of the sum outlives what changes it', async () => {
    const { parent, children } = await sum([30])
    await make(`key-results/${parent.id}/check-ins`, { confidence: 0.4, reportedHealth: 'off_track' })
    await checkIn(children[0].id, { value: 31 })
    expect(await read(`key-results/${parent.id}`)).toMatchObject({
      value: 31,
      confidence: 0.4,
      health: { effective: 'off_track', reported: 'off_track' },
    })
  })
})

describe('refuses, and stores nothing', () => {
  test('shares of one child over 1, alone, together and by a change', async () => {
    const child = await keyResult((await objective(year.id, 'Goal')).id)
    const parents = []
    for (const _each of [1, 2])
      parents.push(await keyResult((await objective(year.id, 'Goal')).id, { source: 'rollup' }))
    const [one, two] = parents
    expect((await link(child.id, one.id, 1.1)).body).toMatchObject({ status: 422, code: 'invalid_input' })
    const first = await link(child.id, one.id, 0.6)
    expect(first.status).toBe(201)
    expect((await link(child.id, two.id, 0.5)).body).toMatchObject({
      status: 422,
      code: 'shares_exceed_one',
      errors: [{ pointer: '/share', code: 'shares_exceed_one' }],
    })
    const second = await link(child.id, two.id, 0.4)
    expect(second.status).toBe(201)
    const grown = await call('PATCH', `/v1/key-result-links/${first.body.id}`, { share: 0.7 })
    expect(grown.body.code).toBe('shares_exceed_one')
    expect((await read(`key-result-links?childKeyResultId=${child.id}`)).items).toMatchObject([
      { share: 0.6 },
      { share: 0.4 },
    ])
  })

  test('two at once that fit alone but not together: one passes', async () => {
    const child = await keyResult((await objective(year.id, 'Goal')).id)
    const parents = await Promise.all(
      Array.from({ length: 4 }, async () => keyResult((await objective(year.id, 'Goal')).id, { source: 'rollup' })),
    )
    const answers = await Promise.all(parents.map(({ id }) => link(child.id, id, 0.6)))
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 422, 422, 422])
  })

  test('the same link twice', async () => {
    const { parent, children } = await sum([1], [0.5])
    expect((await link(children[0].id, parent.id, 0.5)).status).toBe(409)
  })

  test('a parent that does not add up, a child without a value, another unit', async () => {
    const { parent } = await sum([])
    const home = await objective(year.id, 'Goal')
    const plain = await keyResult(home.id)
    const tons = await keyResult(home.id, { unit: 't' })
    const step = await make('key-results', {
      objectiveId: home.id,
      title: 'Done',
      kind: 'milestone',
      steps: [{ title: 'Done' }],
    })
    const pointers = []
    for (const answer of [
      await link(parent.id, plain.id),
      await link(tons.id, parent.id),
      await link(step.id, parent.id),
    ]) {
      expect(answer.status).toBe(422)
      pointers.push(answer.body.errors[0].pointer)
    }
    expect(pointers).toEqual(['/parentKeyResultId', '/childKeyResultId', '/childKeyResultId'])
    expect((await link(plain.id, parent.id)).status).toBe(201)
    expect((await call('PATCH', `/v1/key-results/${plain.id}`, { unit: 't' })).body.errors[0].pointer).toBe('/unit')
  })

  test('deleting what others are added up in', async () => {
    const { parent } = await sum([1])
    for (const path of [`key-results/${parent.id}`, `objectives/${parent.objectiveId}`])
      expect((await call('DELETE', `/v1/${path}`)).body.code).toBe('has_dependents')
  })
})

describe('refuses circles', () => {
  test('of links alone', async () => {
    const home = await objective(year.id, 'Goal')
    const [a, b, c] = await Promise.all([1, 2, 3].map(() => keyResult(home.id, { source: 'rollup' })))
    expect((await link(a.id, a.id)).body.code).toBe('alignment_cycle')
    expect((await link(a.id, b.id)).status).toBe(201)
    expect((await link(b.id, c.id)).status).toBe(201)
    expect((await link(c.id, a.id)).body).toMatchObject({ status: 409, code: 'alignment_cycle' })
  })

  test('through membership and alignment, whichever edge comes last', async () => {
    const [upper, lower] = await Promise.all([objective(year.id, 'Goal'), objective(year.id, 'Goal')])
    const below = await keyResult(lower.id, { source: 'rollup' })
    const fed = await make('key-results', { objectiveId: upper.id, title: 'Fed', kind: 'metric', source: 'aligned' })
    const above = await keyResult(upper.id, { source: 'rollup' })
    await align(lower.id, { parentKeyResultId: fed.id })
    // `above` is a sibling of `fed`: it reads nothing of the lower objective, so it may feed it.
    expect((await link(above.id, below.id)).status).toBe(201)
    expect((await link(below.id, above.id)).body.code).toBe('alignment_cycle')

    const [start, end] = await Promise.all([objective(year.id, 'Goal'), objective(year.id, 'Goal')])
    const sumOfEnd = await keyResult(end.id, { source: 'rollup' })
    const part = await keyResult(start.id)
    await make('key-result-links', { childKeyResultId: part.id, parentKeyResultId: sumOfEnd.id })
    const gathered = await make('key-results', {
      objectiveId: start.id,
      title: 'Gathered',
      kind: 'metric',
      source: 'aligned',
    })
    expect(
      (await call('POST', '/v1/alignments', { childObjectiveId: end.id, parentKeyResultId: gathered.id })).status,
    ).toBe(201)
    const back = await keyResult(start.id, { source: 'rollup' })
    expect((await link(sumOfEnd.id, back.id)).status).toBe(201)
    const closing = await call('POST', '/v1/alignments', { childObjectiveId: start.id, parentObjectiveId: end.id })
    expect(closing.body).toMatchObject({ status: 409, code: 'alignment_cycle' })
  })
})

test('GraphQL names both ends', async () => {
  const { parent, children } = await sum([30], [0.5])
  const { body } = await call.graphql(
    'query ($id: ID!) { keyResult(id: $id) { addsUp { nodes { share child { id addedUpIn { nodes { parent { id value } } } } } } } }',
    { id: parent.id },
  )
  expect(body.errors).toBeUndefined()
  expect(body.data.keyResult.addsUp.nodes).toEqual([
    { share: 0.5, child: { id: children[0].id, addedUpIn: { nodes: [{ parent: { id: parent.id, value: 15 } }] } } },
  ])
})
