import { expect, test } from 'vitest'
import { canonicalJson, sha256 } from '../../src/modules/explanation/canonical-json.ts'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const { call, as, key, clock } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const goals = goalsOf(call)

/** Recomputes an explanation with nothing but what it says: the pocket calculator. */
const recompute = (node: any): number | null => {
  const { formula, inputs, items, hidden } = node
  if (formula === 'metric') {
    if (inputs.value === null) return 0
    return Math.min(Math.max((inputs.value - inputs.baseline) / (inputs.target - inputs.baseline), 0), 1)
  }
  const weights = items.reduce((sum: number, item: any) => sum + item.weight, hidden.weight)
  if (items.length + hidden.count === 0) return null
  let sum = hidden.contribution
  for (const item of items) {
    expect(item.effectiveWeight).toBeCloseTo(item.weight / weights, 5)
    const progress = item.explanation ? (recompute(item.explanation) ?? 0) : item.progress
    expect(progress).toBeCloseTo(item.progress, 5)
    expect(item.contribution).toBeCloseTo((item.weight * progress) / weights, 5)
    sum += item.contribution
  }
  expect(sum).toBeCloseTo(node.progress, 5)
  return sum
}

const company = async () => {
  const cycle = await goals.cycle()
  const top = await goals.objective(cycle.id, 'Company')
  const team = await goals.objective(cycle.id, 'Team')
  const secret = await goals.objective(cycle.id, 'Secret', { visibility: 'private' })
  await goals.align(team.id, { parentObjectiveId: top.id, weight: 2 })
  await goals.align(secret.id, { parentObjectiveId: top.id, weight: 1 })
  const ofTop = await goals.keyResult(top.id, { weight: 3, target: 10 })
  const ofTeam = await goals.keyResult(team.id, { baseline: 4, target: 1 })
  const silent = await goals.keyResult(team.id, { weight: 0 })
  const ofSecret = await goals.keyResult(secret.id)
  await goals.checkIn(ofTop.id, { value: 3 })
  await goals.checkIn(ofTeam.id, { value: 2 })
  await goals.checkIn(ofSecret.id, { value: 90 })
  return { cycle, top, team, secret, ofTop, ofTeam, silent, ofSecret }
}

test('every level is recomputed by hand, a hidden child merged so that the sum holds', async () => {
  const { top, team, secret, silent } = await company()
  const all = await goals.read(`objectives/${top.id}/explanation?depth=5`)
  expect(all.items.map(({ id }: any) => id)).toContain(secret.id)
  expect(all.hidden).toEqual({ count: 0, weight: 0, contribution: 0 })
  expect(recompute(all)).toBeCloseTo(all.progress, 6)
  expect(all.progress).toBe((await goals.read(`objectives/${top.id}`)).progress)
  const ofTeam = all.items.find(({ id }: any) => id === team.id)
  expect(ofTeam.explanation.items[0].explanation).toMatchObject({
    formula: 'metric',
    inputs: { baseline: 4, target: 1, value: 2 },
    attainment: 0.666667,
  })
  expect(ofTeam.explanation.excluded).toEqual([{ type: 'key_result', id: silent.id, weight: 0, reason: 'zero_weight' }])

  const machine = as(await key('integration'))
  const { body } = await machine('GET', `/v1/objectives/${top.id}/explanation?depth=5`)
  expect(JSON.stringify(body)).not.toContain(secret.id)
  expect(body.hidden).toEqual({ count: 1, weight: 1, contribution: 0.15 })
  expect(body.progress).toBe(all.progress)
  expect(recompute(body)).toBeCloseTo(body.progress, 6)
  expect((await machine('GET', `/v1/objectives/${secret.id}/explanation`)).status).toBe(404)
})

test('depth cuts levels, and the tree shows objectives with the same contributions', async () => {
  const { top, team, secret } = await company()
  const one = await goals.read(`objectives/${top.id}/explanation?depth=1`)
  expect(one.items.every(({ explanation }: any) => explanation === null)).toBe(true)
  for (const depth of [0, 17])
    expect((await call('GET', `/v1/objectives/${top.id}/explanation?depth=${depth}`)).status).toBe(422)
  const tree = await goals.read(`objectives/${top.id}/tree`)
  expect(new Set(tree.children.map(({ id }: any) => id))).toEqual(new Set([team.id, secret.id]))
  const contribution = one.items.find(({ id }: any) => id === team.id).contribution
  expect(tree.children.find(({ id }: any) => id === team.id)).toMatchObject({ weight: 2, contribution, reason: null })
  const seen = (await as(await key('viewer'))('GET', `/v1/objectives/${top.id}/tree`)).body
  expect(seen.children.map(({ id }: any) => id)).toEqual([team.id])
  expect(seen.hidden).toEqual({ count: 1, weight: 1, contribution: 0.15 })
})

test('closing freezes everything below with hashes anyone can recompute', async () => {
  const { top, team, ofTeam } = await company()
  const before = await goals.read(`objectives/${top.id}/explanation?depth=5`)
  const closed = await goals.act(`objectives/${top.id}/close`, {})
  const frozen = await goals.read(`objectives/${top.id}/explanation?depth=5`)
  expect(frozen.sha256).toBe(closed.explanationSha256)
  expect({ ...frozen, items: [], sha256: null }).toEqual({ ...before, items: [], sha256: null })
  const hashOf = ({ hidden: _hidden, sha256: _own, truncated: _truncated, items, ...level }: any): string =>
    sha256(
      canonicalJson({
        ...level,
        items: items.map(({ explanation, ...item }: any) => {
          expect(hashOf(explanation)).toBe(item.sha256)
          return item
        }),
      }),
    )
  expect(hashOf(frozen)).toBe(frozen.sha256)

  clock.now = new Date('2026-06-02T10:00:00.000Z')
  await goals.checkIn(ofTeam.id, { value: 1 })
  expect((await goals.read(`objectives/${team.id}`)).progress).toBe(1)
  expect(await goals.read(`objectives/${top.id}/explanation?depth=5`)).toEqual(frozen)
  expect((await goals.read(`objectives/${top.id}`)).progress).toBe(frozen.progress)
})

test('GraphQL explains with the same types', async () => {
  const { top } = await company()
  const { body } = await call.graphql(
    'query ($id: ID!) { objectiveExplanation(id: $id, depth: 2) { progress progressAsStarted items { id contribution explanation { formula inputs } } hidden { count } } }',
    { id: top.id },
  )
  expect(body.errors).toBeUndefined()
  expect(body.data.objectiveExplanation.items).toHaveLength(3)
  expect(body.data.objectiveExplanation.items.some(({ explanation }: any) => explanation.inputs.value === 3)).toBe(true)
})
