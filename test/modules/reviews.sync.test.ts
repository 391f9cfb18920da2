import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { runReviewReminders } from '../../src/jobs/review-reminders.ts'
import { createWorld } from '../support/app.ts'
import { adminPool } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'
import { createIssuer } from '../support/people.ts'
import { reviewsOf } from '../support/reviews.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings, at: '2026-06-20T10:00:00.000Z' })
const { clock, organizationId } = world
const people = await reviewsOf(world, issuer)
const { manager, subject, peers, hr, ok, cycle, launch, idOf, write } = people
const machine = world.as(await world.key('integration'))
const pool = adminPool()
const later = () => (clock.now = new Date(clock.now.getTime() + 60_000))
const ref = (id: string) => ({ externalRefs: [{ system: 'hris', id }] })

describe('the shape HR systems exchange', async () => {
  const round = await cycle(ref('cycle-1'))
  const rows = await launch(round.id)
  const record = idOf(rows, 'manager', manager)
  const list = (query = '') => ok(machine, 'GET', `hr/performance-reviews?cycleId=${round.id}${query}`)

  test('carries reviewee, cycle, ratings with their scale, and references', async () => {
    await ok(hr.call, 'PATCH', `reviews/${record}`, ref('review-1'))
    await write(manager, record, 4, 'Good work')
    const { items, nextCursor } = await list()
    expect([items.length, nextCursor]).toEqual([5, null])
    expect(items.find(({ id }: any) => id === record)).toMatchObject({
      externalRefs: [{ system: 'hris', id: 'review-1' }],
      revieweeId: subject.id,
      reviewerId: manager.id,
      relationship: 'manager',
      cycle: {
        name: '2026',
        periodStart: '2026-01-01',
        stage: 'active',
        externalRefs: [{ system: 'hris', id: 'cycle-1' }],
      },
      status: 'submitted',
      rating: { value: 4, label: 'Strong' },
      ratingOptions: expect.arrayContaining([{ value: 5, label: 'Outstanding' }]),
      answers: [{ questionKey: 'results', question: 'What was achieved?', section: 'Work', text: 'Good work' }],
      competencies: [{ key: 'work', name: 'Work', rating: { value: 4 } }],
      isAcknowledged: false,
    })
    const cycles = (await ok(machine, 'GET', 'hr/performance-review-cycles')).items
    expect(cycles.find(({ id }: any) => id === round.id)).toMatchObject({ stage: 'active', periodEnd: '2026-06-30' })
  })

  test('comes page by page', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await list(`&limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      seen.push(...page.items.map(({ id }: any) => id))
      cursor = page.nextCursor ?? ''
    } while (cursor)
    expect(new Set(seen)).toEqual(new Set(rows.map((row) => row.id)))
    expect(seen).toHaveLength(rows.length)
    const page = await list('&limit=2')
    const other = await machine(
      'GET',
      `/v1/hr/performance-reviews?limit=2&cursor=${encodeURIComponent(page.nextCursor)}`,
    )
    expect([other.status, other.body.code]).toEqual([400, 'invalid_cursor'])
  })

  test('tells of what changed since, in the cycle too, and of what was deleted', async () => {
    const since = () => `&updatedAfter=${clock.now.toISOString()}`
    const start = since()
    later()
    expect((await list(start)).items).toEqual([])
    const peer = idOf(rows, 'peer', peers[0]!)
    await ok(hr.call, 'DELETE', `reviews/${peer}`)
    expect((await list(start)).items).toEqual([])
    expect((await list(`${start}&includeDeleted=true`)).items).toMatchObject([
      { id: peer, deletedAt: clock.now.toISOString() },
    ])
    const beforeRename = since()
    later()
    await ok(hr.call, 'PATCH', `review-cycles/${round.id}`, { name: 'First half' })
    const { items, syncedThrough } = await list(beforeRename)
    expect(items.map(({ cycle: of, updatedAt }: any) => [of.name, updatedAt])).toEqual(
      Array.from({ length: 4 }, () => ['First half', clock.now.toISOString()]),
    )
    const through = new Date(clock.now.getTime() - 30_000).toISOString()
    expect(syncedThrough).toBe(through)
    // Of many pages it is the first that tells how far they are whole.
    const pages = []
    for (let cursor: string | null = ''; cursor !== null; later()) {
      const page: any = await list(`${beforeRename}&limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      pages.push([page.items.length, page.syncedThrough])
      cursor = page.nextCursor
    }
    expect(pages).toEqual([
      [3, undefined],
      [1, through],
    ])
  })

  test('takes ratings back, by the id of either side', async () => {
    const put = (at: string, body: object) => machine('PUT', `/v1/hr/performance-reviews/by-external-id/${at}`, body)
    const back = await put('review-1?system=hris', { rating: 3, summaryComment: 'From the HR system' })
    expect(back.body).toMatchObject({
      rating: { value: 3 },
      finalRating: { value: 3 },
      summaryComment: 'From the HR system',
    })
    expect((await ok(manager.call, 'GET', `reviews/${record}`)).rating.label).toBe('Good')
    const again = await put('review-1?system=hris', { rating: 3 })
    expect(again.body.updatedAt).toBe(back.body.updatedAt)
    const refused = async (at: string, body: object) => {
      const answer = await put(at, body)
      return [answer.status, answer.body.code]
    }
    expect(await refused('review-1', { rating: 3 })).toEqual([404, 'not_found'])
    expect(await refused('review-1?system=hris', { rating: 7 })).toEqual([422, 'rating_off_scale'])
    expect(await refused('review-1?system=hris', { finalRating: 5 })).toEqual([422, 'reason_required'])
    const final = await put('review-1?system=hris', { finalRating: 5, reason: 'Calibrated there' })
    expect(final.body.finalRating).toMatchObject({ value: 5, label: 'Outstanding' })
    await ok(manager.call, 'POST', `reviews/${record}/share`)
    expect(await refused('review-1?system=hris', { rating: 1 })).toEqual([409, 'invalid_transition'])
  })

  test('an id of another system names one review', async () => {
    const peer = idOf(rows, 'peer', peers[1]!)
    const taken = await hr.call('PATCH', `/v1/reviews/${peer}`, ref('review-1'))
    expect([taken.status, taken.body.code]).toEqual([409, 'external_id_taken'])
    const twice = { externalRefs: [...ref('a').externalRefs, ...ref('b').externalRefs] }
    expect((await hr.call('PATCH', `/v1/reviews/${peer}`, twice)).body.errors[0].pointer).toBe('/externalRefs/1/system')
  })
})

describe('the review job', () => {
  const run = () =>
    runReviewReminders({
      pool: world.pool,
      clock: () => clock.now,
      log: pino({ level: 'silent' }) as never,
      organizationIds: [organizationId],
    })
  const told = async (type: string) =>
    (
      await pool.query<{ id: string }>(
        'select subject_id as id from events where tenant_id = $1 and type = $2 order by id',
        [organizationId, type],
      )
    ).rows.map(({ id }) => id)

  test('reminds once before the last day and once after it, and again when the day is moved', async () => {
    clock.now = new Date('2026-06-20T11:00:00.000Z')
    const round = await cycle({ deadlines: { self: '2026-06-24', manager: '2026-07-30' } })
    const rows = await launch(round.id, [])
    const self = idOf(rows, 'self', subject)
    await run()
    expect(await told('review.due_soon')).toEqual([])
    clock.now = new Date('2026-06-21T11:00:00.000Z')
    await Promise.all([run(), run()])
    expect(await told('review.due_soon')).toEqual([self])
    clock.now = new Date('2026-06-25T11:00:00.000Z')
    await run()
    await run()
    expect([await told('review.due_soon'), await told('review.overdue')]).toEqual([[self], [self]])
    await ok(hr.call, 'PATCH', `reviews/${self}`, { dueOn: '2026-06-26' })
    await run()
    expect(await told('review.due_soon')).toEqual([self, self])
    await write(subject, self, 3)
    clock.now = new Date('2026-07-01T11:00:00.000Z')
    await run()
    expect(await told('review.overdue')).toEqual([self])
  })

  test('takes the goals of everybody at the cutoff; what is submitted later was written before these', async () => {
    const goals = goalsOf(world.call)
    const year = await goals.cycle()
    const objective = await goals.objective(year.id, 'Own', { ownerType: 'user', ownerId: subject.id })
    const keyResult = await goals.keyResult(objective.id)
    await goals.checkIn(keyResult.id, { value: 20 })
    await goals.objective(year.id, 'Secret', { ownerType: 'user', ownerId: subject.id, visibility: 'private' })
    const goalCutoffAt = '2026-07-02T00:00:00.000Z'
    const participants = { userIds: [subject.id, manager.id] }
    const round = await cycle({
      okrCycleIds: [year.id],
      goalCutoffAt,
      participants,
      relationships: ['self', 'manager'],
    })
    const rows = await launch(round.id, [])
    const taken = async () => {
      const { items } = await ok(hr.call, 'GET', `reviews?reviewCycleId=${round.id}`)
      return new Set(items.map(({ goalSnapshot }: any) => goalSnapshot?.takenAt ?? null))
    }
    await run()
    expect(await taken()).toEqual(new Set([null]))
    clock.now = new Date('2026-07-02T00:01:00.000Z')
    await run()
    expect(await taken()).toEqual(new Set(['2026-07-02T00:01:00.000Z']))
    clock.now = new Date('2026-07-05T00:00:00.000Z')
    await goals.checkIn(keyResult.id, { value: 80 })
    const record = idOf(rows, 'manager', manager)
    expect((await write(manager, record, 4)).goalSnapshot.takenAt).toBe('2026-07-02T00:01:00.000Z')
    const { objectives } = await ok(manager.call, 'GET', `reviews/${record}/snapshot`)
    expect(objectives.map(({ title, progress }: any) => [title, progress])).toEqual([['Own', 0.2]])
    expect(await ok(manager.call, 'GET', `reviews/${record}/snapshot/verify`)).toMatchObject({ valid: true })
  })
})
