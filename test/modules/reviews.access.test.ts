import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { adminPool } from '../support/census.ts'
import { operations } from '../support/contract.ts'
import { createIssuer } from '../support/people.ts'
import { reviewsOf } from '../support/reviews.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings, at: '2026-06-20T10:00:00.000Z' })
const elsewhere = await createWorld({ at: '2026-06-20T10:00:00.000Z' })
const people = await reviewsOf(world, issuer)
const { head, manager, subject, otherManager, peers, hr, administrator, ok, cycle, template, launch, idOf, write } =
  people
const [peer] = peers as [(typeof peers)[number]]

const callers = {
  subject: subject.call,
  manager: manager.call,
  head: head.call,
  peer: peer.call,
  otherManager: otherManager.call,
  hr: hr.call,
  integration: world.as(await world.key('integration')),
  otherTenant: elsewhere.as(await elsewhere.key('integration')),
  administrator: administrator.call,
}
type Reader = keyof typeof callers
const readers = Object.keys(callers) as Reader[]

/** Nothing is required, so that a review can be submitted as it is. */
const open = {
  sections: [{ key: 's', title: 'S', kind: 'competency', questions: [{ key: 'results', text: 'Which?' }] }],
}
const round = async (given: Record<string, unknown> = {}) => {
  const made = await cycle(given, open)
  const rows = await launch(made.id, [peer])
  return {
    id: made.id,
    self: idOf(rows, 'self', subject),
    record: idOf(rows, 'manager', manager),
    peers: idOf(rows, 'peer', peer),
  }
}
const active = await round()
await ok(hr.call, 'PATCH', `reviews/${active.record}`, { externalId: 'known-here' })
const judged = await round()
await write(manager, judged.record, 4)
await ok(hr.call, 'POST', `review-cycles/${judged.id}/calibrate`)
const shared = await round()
await write(manager, shared.record, 4)
await ok(manager.call, 'POST', `reviews/${shared.record}/share`)
const deleted = await round()
await hr.call('DELETE', `/v1/reviews/${deleted.record}`)
const draft = await cycle({}, open)
const form = await template()

const rating = { answers: [{ questionKey: 'results', rating: 3 }] }
const newReview = { reviewCycleId: active.id, subjectId: subject.id, relationship: 'peer', reviewerId: otherManager.id }
const period = { startsOn: '2026-01-01', endsOn: '2026-06-30' }
const newCycle = { name: 'New', templateId: form.id, ...period }
const {
  id: _id,
  version: _version,
  createdAt: _at,
  updatedAt: _then,
  deletedAt: _never,
  finalFormula: _formula,
  ...copy
} = form

type Row = [operation: string, of: string, method: string, path: string, body: object | undefined, cells: string]

// subject, manager, manager's manager, peer, other manager, HR, integration, other tenant, administrator
const matrix: Row[] = [
  ['review', 'self', 'GET', `reviews/${active.self}`, undefined, 'yes yes yes 404 404 yes yes 404 404'],
  ['review', 'manager', 'GET', `reviews/${active.record}`, undefined, '404 yes yes 404 404 yes yes 404 404'],
  ['review', 'peer', 'GET', `reviews/${active.peers}`, undefined, '404 404 404 yes 404 yes yes 404 404'],
  ['review', 'submitted', 'GET', `reviews/${judged.record}`, undefined, '404 yes yes 404 404 yes yes 404 404'],
  ['review', 'shared', 'GET', `reviews/${shared.record}`, undefined, 'yes yes yes 404 404 yes yes 404 404'],
  ['reviews', 'active', 'GET', `reviews?reviewCycleId=${active.id}`, undefined, '1 2 2 1 0 3 3 0 0'],
  ['reviews', 'shared', 'GET', `reviews?reviewCycleId=${shared.id}`, undefined, '2 2 2 1 0 3 3 0 0'],
  ['createReview', 'any', 'POST', 'reviews', newReview, '403 403 403 403 403 yes yes 422 403'],
  [
    'upsertReviewByExternalId',
    'any',
    'PUT',
    'reviews/by-external-id/new',
    newReview,
    '403 403 403 403 403 yes yes 422 403',
  ],
  ['batchReview', 'any', 'POST', 'reviews/batch', { items: [newReview] }, '403 403 403 403 403 yes yes 422 403'],
  ['updateReview', 'self', 'PATCH', `reviews/${active.self}`, rating, 'yes 403 403 404 404 403 yes 404 404'],
  ['updateReview', 'manager', 'PATCH', `reviews/${active.record}`, rating, '404 yes 403 404 404 403 yes 404 404'],
  ['updateReview', 'peer', 'PATCH', `reviews/${active.peers}`, rating, '404 404 404 yes 404 403 yes 404 404'],
  [
    'updateReview',
    'deadline',
    'PATCH',
    `reviews/${active.record}`,
    { dueOn: '2026-06-30' },
    '404 403 403 404 404 yes yes 404 404',
  ],
  ['deleteReview', 'manager', 'DELETE', `reviews/${active.record}`, undefined, '404 403 403 404 404 yes yes 404 404'],
  [
    'restoreReview',
    'manager',
    'POST',
    `reviews/${deleted.record}/restore`,
    undefined,
    '404 403 403 404 404 yes yes 404 404',
  ],
  ['submitReview', 'self', 'POST', `reviews/${active.self}/submit`, undefined, 'yes 403 403 404 404 403 yes 404 404'],
  [
    'submitReview',
    'manager',
    'POST',
    `reviews/${active.record}/submit`,
    undefined,
    '404 yes 403 404 404 403 yes 404 404',
  ],
  ['submitReview', 'peer', 'POST', `reviews/${active.peers}/submit`, undefined, '404 404 404 yes 404 403 yes 404 404'],
  [
    'shareReview',
    'manager',
    'POST',
    `reviews/${judged.record}/share`,
    undefined,
    '404 yes 403 404 404 yes yes 404 404',
  ],
  [
    'calibrateReview',
    'manager',
    'POST',
    `reviews/${judged.record}/calibrate`,
    { rating: 5, reason: 'x' },
    '404 403 403 404 404 yes yes 404 404',
  ],
  [
    'acknowledgeReview',
    'manager',
    'POST',
    `reviews/${shared.record}/acknowledge`,
    {},
    'yes 403 403 404 404 403 yes 404 404',
  ],
  [
    'reviewResult',
    'submitted',
    'GET',
    `reviews/${judged.record}/result`,
    undefined,
    '404 yes yes 404 404 yes yes 404 404',
  ],
  [
    'reviewResult',
    'shared',
    'GET',
    `reviews/${shared.record}/result`,
    undefined,
    'yes yes yes 404 404 yes yes 404 404',
  ],
  ['reviewResult', 'peer', 'GET', `reviews/${shared.peers}/result`, undefined, '404 404 404 403 404 404 404 404 404'],
  [
    'reviewSnapshot',
    'submitted',
    'GET',
    `reviews/${judged.record}/snapshot`,
    undefined,
    '404 yes yes 404 404 yes yes 404 404',
  ],
  [
    'reviewSnapshot',
    'shared',
    'GET',
    `reviews/${shared.record}/snapshot`,
    undefined,
    'yes yes yes 404 404 yes yes 404 404',
  ],
  [
    'reviewSnapshotVerification',
    'shared',
    'GET',
    `reviews/${shared.record}/snapshot/verify`,
    undefined,
    'yes yes yes 404 404 yes yes 404 404',
  ],
  [
    'performanceReviews',
    'all',
    'GET',
    `hr/performance-reviews?cycleId=${shared.id}`,
    undefined,
    '403 403 403 403 403 3 3 0 403',
  ],
  ['performanceReviewCycles', 'all', 'GET', 'hr/performance-review-cycles', undefined, '403 403 403 403 403 5 5 0 403'],
  [
    'writeBackPerformanceReview',
    'manager',
    'PUT',
    'hr/performance-reviews/by-external-id/known-here',
    { rating: 3 },
    '403 403 403 403 403 yes yes 404 403',
  ],
  ['reviewCycle', 'any', 'GET', `review-cycles/${active.id}`, undefined, 'yes yes yes yes yes yes yes 404 yes'],
  ['reviewCycles', 'any', 'GET', 'review-cycles', undefined, '5 5 5 5 5 5 5 0 5'],
  ['createReviewCycle', 'any', 'POST', 'review-cycles', newCycle, '403 403 403 403 403 yes yes 422 403'],
  [
    'upsertReviewCycleByExternalId',
    'any',
    'PUT',
    'review-cycles/by-external-id/new',
    newCycle,
    '403 403 403 403 403 yes yes 422 403',
  ],
  [
    'batchReviewCycle',
    'any',
    'POST',
    'review-cycles/batch',
    { items: [newCycle] },
    '403 403 403 403 403 yes yes 422 403',
  ],
  [
    'updateReviewCycle',
    'any',
    'PATCH',
    `review-cycles/${active.id}`,
    { name: 'x' },
    '403 403 403 403 403 yes yes 404 403',
  ],
  ['deleteReviewCycle', 'any', 'DELETE', `review-cycles/${draft.id}`, undefined, '403 403 403 403 403 yes yes 404 403'],
  [
    'restoreReviewCycle',
    'any',
    'POST',
    `review-cycles/${draft.id}/restore`,
    undefined,
    '403 403 403 403 403 yes yes 404 403',
  ],
  ['launchReviewCycle', 'any', 'POST', `review-cycles/${draft.id}/launch`, {}, '403 403 403 403 403 yes yes 404 403'],
  [
    'calibrateReviewCycle',
    'any',
    'POST',
    `review-cycles/${active.id}/calibrate`,
    undefined,
    '403 403 403 403 403 yes yes 404 403',
  ],
  [
    'closeReviewCycle',
    'any',
    'POST',
    `review-cycles/${active.id}/close`,
    undefined,
    '403 403 403 403 403 yes yes 404 403',
  ],
  ['reviewTemplate', 'any', 'GET', `review-templates/${form.id}`, undefined, 'yes yes yes yes yes yes yes 404 yes'],
  ['reviewTemplates', 'any', 'GET', 'review-templates', undefined, '6 6 6 6 6 6 6 0 6'],
  ['createReviewTemplate', 'any', 'POST', 'review-templates', copy, '403 403 403 403 403 yes yes yes 403'],
  [
    'upsertReviewTemplateByExternalId',
    'any',
    'PUT',
    'review-templates/by-external-id/new',
    copy,
    '403 403 403 403 403 yes yes yes 403',
  ],
  [
    'batchReviewTemplate',
    'any',
    'POST',
    'review-templates/batch',
    { items: [copy] },
    '403 403 403 403 403 yes yes yes 403',
  ],
  [
    'updateReviewTemplate',
    'any',
    'PATCH',
    `review-templates/${form.id}`,
    { name: 'x' },
    '403 403 403 403 403 yes yes 404 403',
  ],
  [
    'deleteReviewTemplate',
    'any',
    'DELETE',
    `review-templates/${form.id}`,
    undefined,
    '403 403 403 403 403 yes yes 404 403',
  ],
  [
    'restoreReviewTemplate',
    'any',
    'POST',
    `review-templates/${form.id}/restore`,
    undefined,
    '403 403 403 403 403 yes yes 404 403',
  ],
]

test('every operation on reviews has a row, and every row a cell for every reader', () => {
  const named = operations.filter(({ name, scope }) => scope?.startsWith('review:') && !/feedback/i.test(name))
  expect([...new Set(matrix.map(([name]) => name))].toSorted()).toEqual(named.map(({ name }) => name).toSorted())
  for (const [name, of, , , , cells] of matrix) expect(cells.split(' '), `${name} ${of}`).toHaveLength(readers.length)
})

test.each(matrix)('%s: %s', async (_operation, _of, method, path, body, cells) => {
  const found: string[] = []
  for (const reader of readers) {
    const dry = method === 'GET' ? '' : '?validateOnly=true'
    const { status, body: answer } = await callers[reader](method, `/v1/${path}${dry}`, body)
    found.push(status >= 300 ? String(status) : answer?.items && method === 'GET' ? String(answer.items.length) : 'yes')
  }
  expect(found.join(' ')).toBe(cells)
})

test('every read of the review of somebody else is in the audit log, whichever surface it came by', async () => {
  const pool = adminPool()
  const noted = async (work: () => Promise<unknown>) => {
    const count = async () =>
      (
        await pool.query(
          `select operation, subject_ids from audit_log where tenant_id = $1 and actor_id = any($2) order by at, id`,
          [world.organizationId, [manager.id, subject.id]],
        )
      ).rows as { operation: string; subject_ids: string[] }[]
    const before = await count()
    await work()
    return (await count()).slice(before.length).map(({ operation, subject_ids }) => [operation, subject_ids.toSorted()])
  }
  const at = `/v1/reviews/${shared.record}`
  expect(await noted(() => manager.call('GET', at))).toEqual([['review', [shared.record]]])
  expect(await noted(() => manager.call('GET', `${at}/result`))).toEqual([['reviewResult', [shared.record]]])
  expect(await noted(() => manager.call('GET', `${at}/snapshot`))).toEqual([['reviewSnapshot', [shared.record]]])
  const both = [shared.record, shared.self].toSorted()
  const ofCycle = `reviewCycleId: "${shared.id}"`
  expect(await noted(() => manager.call('GET', `/v1/reviews?reviewCycleId=${shared.id}&fields=state`))).toEqual([
    ['reviews', both],
  ])
  const query = `{ a: reviews(${ofCycle}) { nodes { state } } b: review(id: "${shared.record}") { state } }`
  const byGraphQL = await noted(async () => expect((await manager.call.graphql(query)).body.errors).toBeUndefined())
  expect(byGraphQL.toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1))).toEqual([
    ['review', [shared.record]],
    ['reviews', both],
  ])
  expect(await noted(() => subject.call('GET', at))).toEqual([])
  expect(await noted(() => subject.call.graphql(query))).toEqual([])
})

test('what a reviewer has not submitted is shown to their managers as not yet said', async () => {
  await ok(subject.call, 'PATCH', `reviews/${active.self}`, { ...rating, summary: 'Not finished' })
  const of = async (caller: typeof hr.call) => ok(caller, 'GET', `reviews/${active.self}`)
  expect(await of(manager.call)).toMatchObject({ state: 'in_progress', answers: [], summary: null })
  expect(await of(subject.call)).toMatchObject({ summary: 'Not finished' })
})
