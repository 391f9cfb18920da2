import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { audit } from '../support/auditor.ts'
import { adminPool } from '../support/census.ts'

const world = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const { call, organizationId } = world
const admin = adminPool()
const today = '2026-06-01'

const create = async (path: string, body: object): Promise<string> => {
  const answer = await call('POST', `/v1/${path}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body.id
}
const deadlocks = async (): Promise<number> =>
  (
    await admin.query<{ deadlocks: number }>(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    )
  ).rows[0]?.deadlocks ?? 0

const cycle = await create('cycles', { name: 'Y', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })
const quarter = await create('cycles', {
  name: 'Q',
  kind: 'quarter',
  startsOn: '2026-04-01',
  endsOn: '2026-06-30',
  parentId: cycle,
})
const objective = (title: string, cycleId = cycle) => create('objectives', { title, cycleId })
const keyResult = (objectiveId: string, more: object = {}) =>
  create('key-results', { objectiveId, title: 'K', kind: 'metric', baseline: 0, target: 10, ...more })

/** Three levels: one objective, three below it, three below each of these; two key results each, one by alignment. */
const root = await objective('root')
const alignedTo = await keyResult(root, { source: 'aligned', baseline: undefined, target: undefined })
const objectives: string[] = []
const keyResults: string[] = []
const alignments: string[] = []
for (let at = 0; at < 12; at++) {
  const id = await objective(`o${at}`, at % 2 ? quarter : cycle)
  keyResults.push(
    await keyResult(id),
    await keyResult(id, { kind: 'threshold', baseline: undefined, target: undefined, min: 5 }),
  )
  const parent =
    at === 0
      ? { parentKeyResultId: alignedTo }
      : { parentObjectiveId: at < 4 ? root : (objectives[((at - 4) % 3) + 1] as string) }
  alignments.push(await create('alignments', { childObjectiveId: id, ...parent }))
  objectives.push(id)
}

const pick = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T
const checkIns: string[] = []
type Doing = [share: number, run: () => Promise<{ status: number; body: any }>]
const doings: Doing[] = [
  [
    30,
    async () => {
      const day = 1 + Math.floor(Math.random() * 28)
      const body = {
        value: Math.round(Math.random() * 120) / 10,
        confidence: Math.random(),
        effectiveAt: `2026-05-${String(day).padStart(2, '0')}T08:00:00Z`,
      }
      const answer = await call('POST', `/v1/key-results/${pick(keyResults)}/check-ins`, body)
      if (answer.status === 201) checkIns.push(answer.body.id)
      return answer
    },
  ],
  [8, () => call('PATCH', `/v1/check-ins/${pick(checkIns)}`, { value: Math.random() * 10 })],
  [5, () => call('DELETE', `/v1/check-ins/${pick(checkIns)}`)],
  [8, () => call('PATCH', `/v1/key-results/${pick(keyResults)}`, { weight: Math.floor(Math.random() * 4) })],
  [
    4,
    () =>
      call('PATCH', `/v1/key-results/${pick(keyResults)}`, {
        state: pick(['cancelled', 'active', 'achieved', 'deferred']),
      }),
  ],
  [4, () => call('PATCH', `/v1/key-results/${pick(keyResults)}`, { dueOn: pick([null, '2026-06-15', '2026-05-20']) })],
  [
    6,
    () =>
      call('PATCH', `/v1/alignments/${pick(alignments)}`, {
        weight: Math.floor(Math.random() * 4),
        relation: pick(['contributes', 'supports']),
      }),
  ],
  [
    8,
    () =>
      call('PATCH', `/v1/alignments/${pick(alignments)}`, {
        parentObjectiveId: pick(objectives),
        parentKeyResultId: null,
      }),
  ],
  [
    4,
    () =>
      call('PATCH', `/v1/alignments/${pick(alignments)}`, { parentObjectiveId: null, parentKeyResultId: alignedTo }),
  ],
  [
    3,
    () =>
      call('POST', '/v1/alignments', {
        childObjectiveId: pick(objectives),
        parentObjectiveId: pick([root, ...objectives]),
      }),
  ],
  [3, () => call('DELETE', `/v1/alignments/${pick(alignments)}`)],
  [3, () => call('POST', `/v1/alignments/${pick(alignments)}/restore`)],
  [
    4,
    () =>
      call('PATCH', `/v1/objectives/${pick(objectives)}`, {
        state: pick(['cancelled', 'active', 'achieved', 'deferred']),
      }),
  ],
  [
    3,
    () =>
      call('PATCH', `/v1/objectives/${pick(objectives)}`, {
        commitment: pick(['committed', 'aspirational', 'learning']),
      }),
  ],
  [
    3,
    () =>
      call('PATCH', `/v1/objectives/${pick(objectives)}`, {
        dueOn: pick([null, '2026-06-20']),
        progressSource: pick(['both', 'key_results', 'aligned']),
      }),
  ],
  [2, () => call('PATCH', `/v1/objectives/${pick(objectives)}`, { cycleId: pick([cycle, quarter]) })],
  [3, () => call('DELETE', `/v1/objectives/${pick(objectives)}`)],
  [4, () => call('POST', `/v1/objectives/${pick(objectives)}/restore`)],
  [3, () => call('DELETE', `/v1/key-results/${pick(keyResults)}`)],
  [4, () => call('POST', `/v1/key-results/${pick(keyResults)}/restore`)],
  [1, () => call('PATCH', `/v1/cycles/${quarter}`, { policy: { missing: pick(['zero', 'exclude']) } })],
]
const bag = doings.flatMap(([share, run]) => Array.from({ length: share }, () => run))

test('what one write changes is right, one kind after the other', async () => {
  await call('POST', `/v1/key-results/${keyResults[0]}/check-ins`, { value: 4, confidence: 0.5 }).then(({ body }) =>
    checkIns.push(body.id),
  )
  for (const [, run] of doings) {
    for (let round = 0; round < 3; round++) {
      const answer = await run()
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
      const { wrong, circular } = await audit(admin, organizationId, today)
      expect(
        { circular, wrong: wrong.slice(0, 1) },
        `${String(run)} → ${answer.status} ${JSON.stringify(answer.body)}`,
      ).toEqual({ circular: false, wrong: [] })
    }
  }
})

test('every snapshot is right while many write at once', { timeout: 40_000 }, async () => {
  const before = await deadlocks()
  const until = Date.now() + 10_000
  const statuses = new Map<number, number>()
  const writers = Array.from({ length: 8 }, async () => {
    while (Date.now() < until) {
      const { status, body } = await pick(bag)()
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      expect(status, JSON.stringify(body)).toBeLessThan(500)
    }
  })
  let audits = 0
  const auditor = (async () => {
    while (Date.now() < until) {
      const { wrong, circular } = await audit(admin, organizationId, today)
      expect({ circular, wrong: wrong.slice(0, 1) }).toEqual({ circular: false, wrong: [] })
      audits++
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  await Promise.all([...writers, auditor])
  expect(await audit(admin, organizationId, today)).toMatchObject({ circular: false, wrong: [] })
  expect(audits).toBeGreaterThan(10)
  expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0) + (statuses.get(204) ?? 0)).toBeGreaterThan(50)
  expect(await deadlocks()).toBe(before)
})
