import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { document, operations } from '../support/contract.ts'
import { goalsOf } from '../support/goals.ts'

const { call, organizationId, commits } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const census = await createCensus(organizationId, commits)
const goals = goalsOf(call)
const { id: cycleId } = await goals.cycle()
const { id: objectiveId } = await goals.objective(cycleId, 'O')
const metric = await goals.keyResult(objectiveId)
await goals.checkIn(metric.id, { value: 40 })
const cancelled = await goals.keyResult(objectiveId)
await call('PATCH', `/v1/key-results/${cancelled.id}`, { state: 'cancelled' })
const ordinal = await goals.keyResult(objectiveId, { kind: 'ordinal', baseline: undefined, target: undefined })
const sum = await goals.keyResult(objectiveId, { source: 'rollup' })
const otherSum = await goals.keyResult(objectiveId, { source: 'rollup' })
await goals.make('key-result-links', { childKeyResultId: metric.id, parentKeyResultId: sum.id, share: 0.6 })
const { id: closed } = await goals.objective(cycleId, 'Closed')
await goals.act(`objectives/${closed}/close`, {})

/** Sixteen levels, the most there may be; the first is the lowest. */
const chain: string[] = []
for (let level = 0; level < 16; level++) chain.push((await goals.objective(cycleId, `Level ${level}`)).id)
for (const [level, id] of chain.slice(1).entries()) await goals.align(chain[level] as string, { parentObjectiveId: id })
const [lowest, highest] = [chain[0], chain.at(-1)]

const measure = { objectiveId, title: 'K', kind: 'metric', baseline: 0, target: 10 }
const checkIns = `key-results/${metric.id}/check-ins`
const cases: [what: string, status: number, code: string, method: string, path: string, body: object | string][] = [
  ['a weight below 0', 422, 'negative_weight', 'POST', 'key-results', { ...measure, weight: -1 }],
  [
    'a weight of an edge below 0',
    422,
    'negative_weight',
    'POST',
    'alignments',
    { childObjectiveId: lowest, parentObjectiveId: objectiveId, weight: -0.1 },
  ],
  ['a baseline that is the target', 422, 'baseline_equals_target', 'POST', 'key-results', { ...measure, baseline: 10 }],
  [
    'a target moved to the baseline',
    422,
    'baseline_equals_target',
    'PATCH',
    `key-results/${metric.id}`,
    { target: 0, reason: 'R' },
  ],
  [
    'an alignment to itself',
    409,
    'alignment_cycle',
    'POST',
    'alignments',
    { childObjectiveId: lowest, parentObjectiveId: lowest },
  ],
  [
    'an alignment that closes a circle',
    409,
    'alignment_cycle',
    'POST',
    'alignments',
    { childObjectiveId: highest, parentObjectiveId: lowest },
  ],
  [
    'a seventeenth level',
    422,
    'alignment_too_deep',
    'POST',
    'alignments',
    { childObjectiveId: objectiveId, parentObjectiveId: lowest },
  ],
  [
    'shares over 1',
    422,
    'shares_exceed_one',
    'POST',
    'key-result-links',
    { childKeyResultId: metric.id, parentKeyResultId: otherSum.id, share: 0.5 },
  ],
  ['another grade without a reason', 422, 'reason_required', 'POST', `objectives/${objectiveId}/close`, { grade: 1 }],
  ['a softened target without a reason', 422, 'reason_required', 'PATCH', `key-results/${metric.id}`, { target: 50 }],
  ['closing what is closed', 409, 'already_closed', 'POST', `objectives/${closed}/close`, {}],
  ['reopening what is open', 409, 'invalid_transition', 'POST', `objectives/${objectiveId}/reopen`, {}],
  [
    'a check-in on what is cancelled',
    409,
    'not_taking_check_ins',
    'POST',
    `key-results/${cancelled.id}/check-ins`,
    { value: 1 },
  ],
  ['a zone for a metric', 422, 'wrong_reading', 'POST', checkIns, { zone: 'target' }],
  ['a value for zones', 422, 'wrong_reading', 'POST', `key-results/${ordinal.id}/check-ins`, { value: 1 }],
  ['a zone that is not there', 422, 'wrong_reading', 'POST', `key-results/${ordinal.id}/check-ins`, { zone: 'moon' }],
  ['text as a value', 422, 'invalid_input', 'POST', checkIns, { value: '40' }],
  ['NaN', 400, 'number_not_finite', 'POST', checkIns, '{"value":NaN}'],
  ['1e400', 400, 'number_not_finite', 'POST', checkIns, '{"value":1e400}'],
  ['more than 10 to the 15th', 422, 'invalid_input', 'POST', checkIns, { value: 1.1e15 }],
  ['a day far in the future', 422, 'not_yet', 'POST', checkIns, { value: 1, effectiveAt: '2031-01-01T00:00:00Z' }],
]

/** What GraphQL's own types refuse before anything of ours is asked. */
const refusedByTypes = ['text as a value']

/** The same call as a mutation: its path members are arguments, its body is `input`. */
const mutationOf = (method: string, path: string, body: object | string): string => {
  for (const { name, rest } of operations) {
    const pattern = `^${rest.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`
    const members = new RegExp(pattern).exec(`${method} /${path}`)
    if (!members) continue
    const at = document.paths[`/v1${rest.split(' ')[1]?.replaceAll(/:(\w+)/g, '{$1}')}`]
    const input = at?.[method.toLowerCase()]?.requestBody?.content['application/json']?.schema.$ref?.split('/').at(-1)
    const ids = Object.keys(members.groups ?? {})
    const variables = [...ids.map((id) => `$${id}: ID!`), ...(input ? [`$input: ${input}!`] : [])].join(', ')
    const given = [...ids, ...(input ? ['input'] : [])].map((each) => `${each}: $${each}`).join(', ')
    const query = `mutation (${variables}) { ${name}(${given}) { __typename } }`
    const values = Object.entries(members.groups ?? {}).map(([id, value]) => `"${id}":"${value}"`)
    if (input) values.push(`"input":${typeof body === 'string' ? body : JSON.stringify(body)}`)
    return `{"query":${JSON.stringify(query)},"variables":{${values.join(',')}}}`
  }
  throw new Error(`no operation is at ${method} ${path}`)
}

test.each(cases)('%s is %i %s, and nothing is stored', async (what, status, code, method, path, body) => {
  const before = await census()
  const answer = await call(method, `/v1/${path}`, body)
  expect([answer.status, answer.body.code]).toEqual([status, code])
  const said = await call('POST', '/graphql', mutationOf(method, path, body))
  expect(said.body.code ?? said.body.errors?.[0]?.extensions.code, JSON.stringify(said.body)).toBe(
    refusedByTypes.includes(what) ? 'malformed_request' : code,
  )
  expect(await census()).toEqual(before)
})

test.each(['1e400', '-1e400'])('a literal of GraphQL, %s, is refused as JSON refuses it', async (literal) => {
  const before = await census()
  const { body } = await call.graphql(
    `mutation { createCheckIn(keyResultId: "${metric.id}", input: { value: ${literal} }) { id } }`,
  )
  expect(body.errors[0].extensions).toMatchObject({ code: 'number_not_finite', status: 400 })
  expect(await census()).toEqual(before)
})

test('every rule is told apart by its code', () => {
  const ruled = [
    'a weight below 0',
    'a baseline that is the target',
    'an alignment that closes a circle',
    'a seventeenth level',
    'shares over 1',
    'another grade without a reason',
    'closing what is closed',
    'a check-in on what is cancelled',
    'a zone for a metric',
    '1e400',
    'a day far in the future',
  ]
  const codes = cases.filter(([what]) => ruled.includes(what)).map(([, , code]) => code)
  expect([codes.length, new Set(codes).size]).toEqual([11, 11])
})

test.each([
  ['of the same rule', [-1, -2], 'negative_weight'],
  ['of two rules', [-1, 1e7], 'invalid_input'],
])('faults %s', async (_what, weights, code) => {
  const items = weights.map((weight) => ({ ...measure, weight }))
  const atomic = await call('POST', '/v1/key-results/batch', { items })
  expect([atomic.status, atomic.body.code]).toEqual([422, code])
  const { body } = await call('POST', '/v1/key-results/batch', { items, atomic: false })
  expect(body.items[0].problem.code).toBe('negative_weight')
})
