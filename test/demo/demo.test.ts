import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { contextOf } from '../../src/api/context.ts'
import { buildApp } from '../../src/app.ts'
import { commandsFor, forLandingPage } from '../../src/cli/greeting.ts'
import { demoOfFolder } from '../../src/cli/kept-demo.ts'
import { connectPool } from '../../src/db/pool.ts'
import { openTransaction } from '../../src/db/transaction.ts'
import type { Demo } from '../../src/demo/demo.ts'
import { lockGraphs } from '../../src/modules/goals/goal.lock.ts'
import { rescore } from '../../src/modules/goals/goal.rescore.ts'
import { type Caller, callerOf } from '../support/app.ts'
import { createCensus } from '../support/census.ts'

const pool = connectPool({ url: inject('appUrl') })
/** A Friday evening late in a quarter: everybody has checked in. */
const now = new Date('2026-11-27T18:00:00Z')
const app = await buildApp({ pool, clock: () => now, limits: { rate: null } })
let demo: Demo
let call: Caller

const folder = await mkdtemp(path.join(tmpdir(), 'headway-demo-'))
const file = path.join(folder, 'demo.json')

beforeAll(async () => {
  // What a start leaves that was killed while it made the demo.
  await writeFile(file, 'null')
  demo = (await demoOfFolder(pool, folder, now)) as Demo
  call = callerOf(app, demo.apiKey)
})
afterAll(async () => {
  await app.close()
  await pool.end()
  await rm(folder, { recursive: true })
})

test('the key is kept for its owner only, and the next start finds it again', async () => {
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await demoOfFolder(pool, folder, now)).toEqual(demo)
})

test('a database in which somebody began on their own gets no demo', async () => {
  expect(await demoOfFolder(pool, path.join(folder, 'elsewhere'), now)).toBeUndefined()
})

const goals = async (path: string) => {
  const { body } = await call('GET', `/v1/${path}?limit=100`)
  return new Map<string, any>(body.items.map((item: { externalId: string }) => [item.externalId, item]))
}

test('the company objective moves with everything below it', async () => {
  const { body } = await call('GET', `/v1/objectives/${demo.objectiveId}`)
  expect(body).toMatchObject({ title: demo.objectiveTitle, coverage: 1 })
  const checkIn = await call('POST', `/v1/key-results/${demo.keyResultId}/check-ins`, demo.checkIn)
  expect(checkIn.status).toBe(201)
  const after = await call('GET', `/v1/objectives/${demo.objectiveId}`)
  expect(body.progress).toBeGreaterThan(0.3)
  expect(after.body.progress).toBeGreaterThan(body.progress)
})

const sh = promisify(execFile)

test.skipIf(spawnSync('curl', ['--version']).error)('the three commands work as they are printed', async () => {
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const answers: any[] = []
  for (const { command } of commandsFor(url, demo, demo.apiKey))
    answers.push(JSON.parse((await sh('sh', ['-c', command])).stdout))
  expect(answers[0]).toMatchObject({ id: demo.objectiveId, title: demo.objectiveTitle })
  expect(answers[1].keyResult).toMatchObject({ id: demo.keyResultId, value: demo.checkIn.value })
  expect(answers[2].data.objective.alignedFrom.nodes).toHaveLength(6)
  const [first] = forLandingPage(url, demo)
  expect(first).toContain('$HEADWAY_KEY')
  expect(first).not.toContain(demo.apiKey)
})

test('the story has every kind of ending', async () => {
  const [objectives, keyResults] = await Promise.all([goals('objectives'), goals('key-results')])
  expect(keyResults.get('leads')).toMatchObject({ progress: 1 })
  expect(keyResults.get('leads').attainment).toBeGreaterThan(1)
  expect(keyResults.get('complaints').attainment).toBeLessThan(0)
  const stale = [...keyResults.values()].filter(({ health }) => health.stale).map(({ externalId }) => externalId)
  expect(stale).toEqual(['defects'])
  expect(objectives.get('europe-reach')).toMatchObject({ progress: null })
  expect(objectives.get('motivation').health.effective).not.toBe('on_track')
})

test('check-ins lie in the quarter, none in the future, each by the owner', async () => {
  const { body } = await call('GET', '/v1/check-ins?limit=100&sort=effectiveAt')
  expect(body.items[0].effectiveAt).toBe('2026-10-02T14:00:00.000Z')
  const latest = await call('GET', '/v1/check-ins?limit=1&sort=-effectiveAt')
  expect(latest.body.items[0].effectiveAt <= now.toISOString()).toBe(true)
  expect(new Set(body.items.map(({ authorId }: { authorId: string }) => authorId)).size).toBeGreaterThan(10)
})

test('every stored score equals its recomputation', async () => {
  const [objectives, keyResults] = await Promise.all([goals('objectives'), goals('key-results')])
  const idsOf = (rows: Map<string, { id: string }>) => [...rows.values()].map(({ id }) => id)
  const organization = { id: demo.organizationId, timeZone: 'Europe/Berlin', secret: '' }
  const actor = { kind: 'api_key', id: demo.organizationId, tenantId: demo.organizationId } as never
  const transaction = await openTransaction(pool, demo.organizationId, 'write')
  try {
    const ctx = contextOf({ house: { clock: () => now }, actor, organization } as never, transaction)
    const seeds = { objectiveIds: idsOf(objectives), keyResultIds: idsOf(keyResults) }
    const locked = await lockGraphs(ctx, seeds)
    const { scores } = await rescore(ctx, locked, seeds, (id) => ({ type: 'check', id }))
    for (const stored of [...objectives.values(), ...keyResults.values()]) {
      const { progress, confidence, projected } = scores.get(stored.id) ?? {}
      expect({ progress, confidence, projected }, stored.externalId).toEqual({
        progress: stored.progress,
        confidence: stored.confidence,
        projected: stored.projected,
      })
    }
    expect(scores.size).toBe(objectives.size + keyResults.size)
  } finally {
    await transaction.rollback()
  }
})

/** Within the sixth decimal, where everything is rounded. */
const near = (found: number, said: number) => expect(Math.abs(found - said)).toBeLessThan(1e-6)

/** The pocket calculator: nothing but what an explanation says, and docs/scoring.md beside it. */
const recompute = (node: any): number | null => {
  const { formula, inputs, items, hidden, excluded, progress } = node
  if (formula === 'metric' && inputs.value !== null) {
    const moved = (inputs.value - inputs.baseline) / (inputs.target - inputs.baseline)
    near(Math.min(Math.max(moved, 0), 1), progress)
  }
  for (const { reason } of excluded) expect(reason).toMatch(/^[a-z_]+$/)
  if (items.length === 0) return progress
  const weight = items.reduce((sum: number, item: any) => sum + item.weight, hidden.weight)
  let sum = hidden.contribution
  for (const item of items) {
    if (item.explanation) expect(recompute(item.explanation)).toBe(item.progress)
    near(item.weight / weight, item.effectiveWeight)
    near((item.weight * item.progress) / weight, item.contribution)
    sum += item.contribution
  }
  expect(Math.abs(sum - progress)).toBeLessThanOrEqual((items.length + 1) * 1e-6)
  return progress
}

const nodesIn = ({ items }: any): number =>
  items.reduce((sum: number, { explanation }: any) => sum + (explanation ? nodesIn(explanation) : 0), 1)

test('the company objective is recomputed by a pocket calculator, at every level', async () => {
  const { body } = await call('GET', `/v1/objectives/${demo.objectiveId}/explanation?depth=16`)
  expect(nodesIn(body)).toBeGreaterThan(20)
  expect(recompute(body)).toBe((await call('GET', `/v1/objectives/${demo.objectiveId}`)).body.progress)
})

test('a simulation over the demo answers in one request and leaves every table as it was', async () => {
  const organizationId = (await call('GET', '/v1/me')).body.organization.id
  const census = await createCensus(organizationId)
  const before = await census()
  const { body: keyResults } = await call('GET', '/v1/key-results?kind=metric&state=active&limit=50')
  const changes = keyResults.items
    .filter(({ source }: any) => source === 'checkins')
    .map(({ id, target }: any) => ({ keyResultId: id, value: target, weight: 2 }))
  const { status, body } = await call('POST', '/v1/simulations', { changes })
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body.affected.length).toBeGreaterThan(changes.length)
  const company = body.affected.find(({ id }: any) => id === demo.objectiveId)
  expect(company.after.progress).toBeGreaterThan(company.before.progress)
  expect(await census()).toEqual(before)
})

test('insights find what the story gets wrong, and nothing else', async () => {
  const { body } = await call('GET', '/v1/insights?limit=100')
  expect(body.items.map(({ rule, because }: any) => [rule, /"([^"]*)"/.exec(because)?.[1]])).toEqual([
    ['kpi_red_without_key_result', '# Days to deliver spare parts'],
    ['objective_without_key_results', 'Expand reach in European countries'],
    ['objective_unaligned', 'Expand reach in European countries'],
    ['growth_without_guardrail', 'Substantially increase demo sign-ups'],
    ['key_result_stale', 'Defects down by 30 %, from 2.0 % to 1.4 %'],
  ])
})
