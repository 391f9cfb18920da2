import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { runPrivacyRetention } from '../../src/jobs/privacy-retention.ts'
import { createWorld } from '../support/app.ts'
import { adminPool } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'
import { createIssuer } from '../support/people.ts'
import { reviewsOf } from '../support/reviews.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings, at: '2026-06-20T10:00:00.000Z' })
const { clock, organizationId, call } = world
const people = await reviewsOf(world, issuer)
const { head, manager, subject, otherManager, peers, hr, administrator, ok, cycle, launch, idOf, write } = people
const pool = adminPool()
const goals = goalsOf(world.call)

const year = await goals.cycle()
const objective = await goals.objective(year.id, 'Own', { ownerType: 'user', ownerId: subject.id })
const keyResult = await goals.keyResult(objective.id)
await ok(subject.call, 'POST', `key-results/${keyResult.id}/check-ins`, { value: 50, note: 'Half way' })
await ok(subject.call, 'POST', 'comments', {
  subjectType: 'objective',
  subjectId: objective.id,
  body: 'canary in a comment',
})
const praise = (from: typeof hr, given: object = {}) =>
  ok(from.call, 'POST', 'feedback', { aboutId: subject.id, text: 'canary in feedback', ...given })
const round = await cycle({ okrCycleIds: [year.id] })
const rows = await launch(round.id)
const record = idOf(rows, 'manager', manager)
await write(manager, record, 4, 'canary of the manager')
await write(subject, idOf(rows, 'self', subject), 4, 'canary of the subject')
for (const peer of peers) await write(peer, idOf(rows, 'peer', peer), 5, 'canary of a peer')

describe('feedback', () => {
  test('is seen by whom it is for', async () => {
    const seenBy = async (id: string) => {
      const found: string[] = []
      for (const [name, { call: as }] of Object.entries({ head, manager, subject, otherManager, hr, administrator }))
        if ((await as('GET', `/v1/feedback/${id}`)).status === 200) found.push(name)
      return found
    }
    expect(await seenBy((await praise(peers[0]!)).id)).toEqual(['subject', 'hr'])
    expect(await seenBy((await praise(peers[0]!, { visibility: 'line' })).id)).toEqual([
      'head',
      'manager',
      'subject',
      'hr',
    ])
    expect(await seenBy((await praise(peers[0]!, { visibility: 'organization' })).id)).toHaveLength(6)
  })

  test('is asked for, and given by who was asked', async () => {
    const request = { aboutId: subject.id, fromId: peers[1]!.id, objectiveId: objective.id }
    const asked = await ok(subject.call, 'POST', 'feedback', request)
    expect(asked).toMatchObject({ state: 'requested', requestedById: subject.id, text: null })
    const forged = await manager.call('PATCH', `/v1/feedback/${asked.id}`, { text: 'Forged' })
    expect(forged.status).toBe(404)
    const given = await ok(peers[1]!.call, 'PATCH', `feedback/${asked.id}`, { text: 'canary asked for' })
    expect(given).toMatchObject({ state: 'given', givenAt: clock.now.toISOString(), fromId: peers[1]!.id })
    const inAnothersName = { aboutId: subject.id, fromId: peers[2]!.id, text: 'Forged' }
    expect((await manager.call('POST', '/v1/feedback', inAnothersName)).status).toBe(403)
  })
})

test('people are not ranked: neither by progress nor by rating, on either surface', async () => {
  const refused = async (query: string) => (await hr.call('GET', `/v1/${query}`)).body.code
  for (const sort of ['progress', '-health']) {
    expect(await refused(`objectives?sort=${sort}`)).toBe('people_are_not_ranked')
    expect(await refused(`objectives?sort=${sort}&ownerType=team&ownerType=user`)).toBe('people_are_not_ranked')
    const { body } = await call.graphql(`{ objectives(sort: "${sort}", ownerId: ["${subject.id}"]) { nodes { id } } }`)
    expect(body.errors[0].extensions.code).toBe('people_are_not_ranked')
  }
  for (const sort of ['rating', 'finalRating'])
    expect(await refused(`reviews?sort=${sort}`)).toBe('people_are_not_ranked')
  expect(await refused('reviews?finalRating=5')).toBe('unknown_parameter')
  const { body } = await hr.call.graphql('{ reviews(sort: "-finalRating") { nodes { id } } }')
  expect(body.errors[0].extensions.code).toBe('people_are_not_ranked')
})

describe('an export of one person', () => {
  const of = (caller: typeof hr.call) => caller('GET', `/v1/users/${subject.id}/data-export`)

  test('holds what is theirs to see, whoever asks', async () => {
    const phoneNumbers = [{ type: 'work', value: '+49 30 canary' }]
    const told = await world.app.inject({
      method: 'PATCH',
      url: `/scim/v2/Users/${subject.id}`,
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/scim+json' },
      payload: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'add', path: 'phoneNumbers', value: phoneNumbers }],
      },
    })
    expect(told.statusCode, told.body).toBe(200)
    const before = (await of(subject.call)).body
    expect(before).toMatchObject({
      user: { id: subject.id, displayName: 'Subject' },
      identity: { phoneNumbers },
      objectives: [{ id: objective.id }],
      checkIns: [{ note: 'Half way' }],
      comments: [{ body: 'canary in a comment' }],
    })
    expect(before.feedbackReceived.length).toBeGreaterThan(2)
    expect(before.reviewsAbout.map(({ relationship }: any) => relationship)).toEqual(['self'])
    await ok(manager.call, 'POST', `reviews/${record}/share`)
    const after = (await of(hr.call)).body
    expect(after.reviewsAbout).toHaveLength(2)
    expect(after.reviewResults[0].voices[0]).toMatchObject({ relationship: 'peer', respondents: 3 })
    for (const { id } of peers) expect(JSON.stringify([after.reviewsAbout, after.reviewResults])).not.toContain(id)
  })

  test('is given to the person and HR only, with every scope it reads by', async () => {
    for (const caller of [manager.call, administrator.call, call]) {
      const status = (
        await (caller === call ? world.as(world.apiKey) : caller)('GET', `/v1/users/${subject.id}/data-export`)
      ).status
      expect(status).toBe(403)
    }
    const narrow = world.as(await world.key('hr', ['directory:read', 'okr:read']))
    expect((await of(narrow)).body.code).toBe('insufficient_scope')
  })
})

describe('erasure', () => {
  const everything = async () => {
    const { rows: tables } = await pool.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
    )
    const texts = []
    for (const { name } of tables)
      texts.push(
        (
          await pool.query<{ text: string }>(`select to_jsonb(t)::text as text from ${name} t where tenant_id = $1`, [
            organizationId,
          ])
        ).rows,
      )
    return texts.flat().map(({ text }) => text)
  }
  const audit = async () =>
    (
      await pool.query(
        // Its place in the chain comes when a sequencer passes, and the salts of the person go with them.
        `select to_jsonb(a) - 'seq' - 'hash' - 'salt' as entry from audit_log a where tenant_id = $1 order by at, id`,
        [organizationId],
      )
    ).rows
  const salts = async () => {
    const text = `select salt from audit_log where tenant_id = $1 and $2 = any(subject_ids) and operation <> 'eraseUser'`
    const { rows } = await pool.query<{ salt: string | null }>(text, [organizationId, subject.id])
    return rows.map(({ salt }) => salt)
  }

  test('takes away who it was and leaves numbers, hashes and the audit log', async () => {
    const person = {
      userName: 'zoe.canary',
      displayName: 'Zoe Canary',
      email: 'zoe@canary.example',
      employeeNumber: 'canary-7',
      externalId: 'canary-8',
    }
    await call('PATCH', `/v1/users/${subject.id}`, person, { 'idempotency-key': 'keeps the answer' })
    const log = await audit()
    const before = await everything()
    expect(before.filter((text) => /canary/i.test(text)).length).toBeGreaterThan(8)
    const final = (await ok(hr.call, 'GET', `reviews/${record}`)).finalRating
    const score = await goals.read(`objectives/${objective.id}`)

    const { body } = await administrator.call('POST', `/v1/users/${subject.id}/erasure`)
    expect(body).toMatchObject({ userId: subject.id, reviews: 5, comments: 1 })
    expect(body.feedback).toBeGreaterThan(2)
    const left = (await everything()).filter((text) => /canary/i.test(text))
    expect(left).toEqual([])

    expect((await audit()).slice(0, log.length)).toEqual(log)
    expect(new Set(await salts())).toEqual(new Set([null]))
    expect(await goals.read(`objectives/${objective.id}`)).toEqual(score)
    expect(await ok(hr.call, 'GET', `reviews/${record}`)).toMatchObject({
      finalRating: final,
      rating: { value: 4 },
      summary: null,
    })
    expect(await ok(hr.call, 'GET', `reviews/${record}/snapshot/verify`)).toMatchObject({ valid: true })
    expect(await goals.read(`users/${subject.id}`)).toMatchObject({
      displayName: 'Erased person',
      active: false,
      email: null,
      roles: [],
    })
    expect((await subject.call('GET', '/v1/me')).status).toBe(401)
    const again = await administrator.call('POST', `/v1/users/${subject.id}/erasure`)
    expect(again.body).toMatchObject({ feedback: 0, comments: 0 })
  })

  test('of those who hold a guarded role is for administrators', async () => {
    expect((await hr.call('POST', `/v1/users/${administrator.id}/erasure?validateOnly=true`)).status).toBe(403)
    expect((await call('POST', `/v1/users/${hr.id}/erasure?validateOnly=true`)).status).toBe(200)
    expect((await manager.call('POST', `/v1/users/${peers[0]!.id}/erasure?validateOnly=true`)).status).toBe(403)
  })
})

test('feedback and reviews go when the organization keeps them no longer', async () => {
  const run = () =>
    runPrivacyRetention({
      pool: world.pool,
      clock: () => clock.now,
      log: pino({ level: 'silent' }) as never,
      organizationIds: [organizationId],
    })
  const about = { aboutId: peers[0]!.id, text: 'Thank you' }
  const { id } = await ok(peers[1]!.call, 'POST', 'feedback', about)
  await ok(hr.call, 'POST', `review-cycles/${round.id}/close`)
  const status = async (path: string) => (await hr.call('GET', `/v1/${path}`)).status
  clock.now = new Date('2027-07-01T00:00:00.000Z')
  await run()
  expect([await status(`feedback/${id}`), await status(`reviews/${record}`)]).toEqual([200, 200])
  await call('PATCH', '/v1/organization', { retention: { feedback: 365, reviews: 730 } })
  await run()
  expect([await status(`feedback/${id}`), await status(`reviews/${record}`)]).toEqual([404, 200])
  clock.now = new Date('2028-07-01T00:00:00.000Z')
  await run()
  expect(await status(`reviews/${record}`)).toBe(404)
  const { items } = await ok(hr.call, 'GET', `reviews?reviewCycleId=${round.id}&includeDeleted=true`)
  for (const row of items)
    expect(row).toMatchObject({ answers: [], rating: null, goalSnapshot: null, deletedAt: clock.now.toISOString() })
  const kept = await pool.query('select count(*)::int as count from goal_snapshots where tenant_id = $1', [
    organizationId,
  ])
  expect(kept.rows).toEqual([{ count: 0 }])
})
