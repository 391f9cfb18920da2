import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'

const { call, as, key, organizationId } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const goals = goalsOf(call)
const census = await createCensus(organizationId)
const { id: cycleId } = await goals.cycle()

const world = async () => {
  const top = await goals.objective(cycleId, 'Top')
  const secret = await goals.objective(cycleId, 'Secret', { visibility: 'private' })
  const child = await goals.objective(cycleId, 'Child')
  const loose = await goals.objective(cycleId, 'Loose')
  await goals.align(child.id, { parentObjectiveId: top.id })
  const alignment = await goals.align(child.id, { parentObjectiveId: secret.id })
  const one = await goals.keyResult(child.id)
  const two = await goals.keyResult(child.id)
  const ofTop = await goals.keyResult(top.id)
  await goals.checkIn((await goals.keyResult(loose.id)).id, { value: 90 })
  for (const { id } of [one, two, ofTop]) await goals.checkIn(id, { value: 30 })
  return { top, secret, child, loose, alignment, one, two, ofTop }
}
type World = Awaited<ReturnType<typeof world>>

const numbers = ({ attainment, progress, coverage, confidence, health }: any) => ({
  ...(attainment === undefined ? {} : { attainment }),
  progress,
  ...(coverage === undefined ? {} : { coverage }),
  confidence,
  health,
})

/** What is simulated, and the requests that do the same. */
const cases: [string, (w: World) => { changes: object[]; really: [string, string, object?][] }][] = [
  [
    'a value and a weight',
    ({ one }) => ({
      changes: [{ keyResultId: one.id, value: 90, weight: 2 }],
      really: [
        ['PATCH', `key-results/${one.id}`, { weight: 2, reason: 'really' }],
        ['POST', `key-results/${one.id}/check-ins`, { value: 90 }],
      ],
    }),
  ],
  [
    'a state of an objective',
    ({ child }) => ({
      changes: [{ objectiveId: child.id, state: 'cancelled' }],
      really: [['PATCH', `objectives/${child.id}`, { state: 'cancelled' }]],
    }),
  ],
  [
    'a state and a target of key results',
    ({ one, two }) => ({
      changes: [
        { keyResultId: one.id, state: 'deferred' },
        { keyResultId: two.id, target: 60 },
      ],
      really: [
        ['PATCH', `key-results/${one.id}`, { state: 'deferred' }],
        ['PATCH', `key-results/${two.id}`, { target: 60, reason: 'really' }],
      ],
    }),
  ],
  [
    'an alignment made and one removed',
    ({ loose, top, alignment }) => ({
      changes: [
        { createAlignment: { childObjectiveId: loose.id, parentObjectiveId: top.id, weight: 3 } },
        { deleteAlignment: alignment.id },
      ],
      really: [
        ['POST', 'alignments', { childObjectiveId: loose.id, parentObjectiveId: top.id, weight: 3 }],
        ['DELETE', `alignments/${alignment.id}`],
      ],
    }),
  ],
  [
    'a new key result',
    ({ top }) => {
      const created = { objectiveId: top.id, title: 'New', kind: 'metric', baseline: 0, target: 10 }
      return { changes: [{ createKeyResult: created }], really: [['POST', 'key-results', created]] }
    },
  ],
]

describe('leaves every table as it was, and tells what then really happens', () => {
  test.each(cases)('%s', async (_name, caseOf) => {
    const made = await world()
    const { changes, really } = caseOf(made)
    const stored = await census()
    const read = (type: string, id: string) =>
      goals.read(`${type === 'objective' ? 'objectives' : 'key-results'}/${id}`)
    const others = new Map<string, any>()
    for (const { id } of [made.top, made.child, made.secret, made.loose]) others.set(id, await read('objective', id))
    const { affected, hidden } = await goals.act('simulations', { changes })
    expect(await census()).toEqual(stored)
    expect(hidden).toEqual({ count: 0 })
    expect(affected.length).toBeGreaterThan(0)
    const known = affected.filter(({ before }: any) => before !== null)
    for (const { type, id, before } of known) expect(await read(type, id)).toMatchObject(numbersOf(type, before))
    for (const [method, path, body] of really)
      expect((await call(method, `/v1/${path}`, body)).status).toBeLessThan(300)
    for (const { type, id, after } of known) expect(await read(type, id)).toMatchObject(numbersOf(type, after))
    for (const [id, { progress, health }] of others)
      if (!affected.some((each: any) => each.id === id))
        expect(await read('objective', id)).toMatchObject({ progress, health })
  })
})

const numbersOf = (type: string, { coverage, attainment, ...rest }: any) =>
  numbers({ ...rest, ...(type === 'objective' ? { coverage } : { attainment }) })

test('what the caller may not see is counted, not told', async () => {
  const { one, secret, top } = await world()
  const machine = as(await key('integration'))
  const { body } = await machine('POST', '/v1/simulations', { changes: [{ keyResultId: one.id, value: 90 }] })
  expect(body.affected.map(({ id }: any) => id)).toContain(top.id)
  expect(JSON.stringify(body)).not.toContain(secret.id)
  expect(body.hidden).toEqual({ count: 1 })
})

test('what would be refused is refused, and says which change', async () => {
  const { child, top, one } = await world()
  const viewer = as(await key('viewer'))
  const stored = await census()
  const refuse = async (changes: object[], status: number, code: string, pointer: string) => {
    const answer = await call('POST', '/v1/simulations', { changes })
    expect(answer).toMatchObject({ status, body: { code } })
    expect(answer.body.errors[0].pointer).toBe(pointer)
  }
  const fine = { keyResultId: one.id, value: 40 }
  await refuse(
    [fine, { createAlignment: { childObjectiveId: top.id, parentObjectiveId: child.id } }],
    409,
    'alignment_cycle',
    '/changes/1',
  )
  await refuse([fine, { keyResultId: one.id, target: 0 }], 422, 'baseline_equals_target', '/changes/1/target')
  await refuse([{ keyResultId: one.id, weight: -1 }], 422, 'negative_weight', '/changes/0/weight')
  await refuse([{ keyResultId: one.id, objectiveId: child.id }], 422, 'invalid_input', '/changes/0')
  await refuse([{ keyResultId: cycleId, value: 1 }], 404, 'not_found', '/changes/0')
  expect((await viewer('POST', '/v1/simulations', { changes: [fine] })).status).toBe(403)
  expect(await census()).toEqual(stored)
})
