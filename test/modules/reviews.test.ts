import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { adminPool, createCensus } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'
import { createIssuer } from '../support/people.ts'
import { reviewsOf } from '../support/reviews.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings, at: '2026-06-20T10:00:00.000Z' })
const { clock, organizationId } = world
const people = await reviewsOf(world, issuer)
const { manager, subject, peers, hr, ok, cycle, launch, idOf, write } = people
const goals = goalsOf(world.call)
const census = await createCensus(organizationId)
const pool = adminPool()

const year = await goals.cycle()
const objective = await goals.objective(year.id, 'Mine', { ownerType: 'user', ownerId: subject.id })
const keyResult = await goals.keyResult(objective.id)
await goals.checkIn(keyResult.id, { value: 40 })

describe('from launch to acknowledgement', () => {
  test('by REST', async () => {
    const round = await cycle({ okrCycleIds: [year.id], deadlines: { self: '2026-06-25' } })
    const rows = await launch(round.id)
    expect(rows.map(({ relationship, state, dueOn }) => [relationship, state, dueOn])).toEqual(
      expect.arrayContaining([
        ['self', 'pending', '2026-06-25'],
        ['manager', 'pending', null],
        ['peer', 'pending', null],
      ]),
    )
    expect(rows).toHaveLength(5)
    const self = idOf(rows, 'self', subject)
    const record = idOf(rows, 'manager', manager)
    const begun = await ok(subject.call, 'PATCH', `reviews/${self}`, { summary: 'A good half' })
    expect([begun.state, begun.version]).toEqual(['in_progress', 2])
    expect((await write(subject, self, 5)).goalSnapshot.sha256).toMatch(/^[0-9a-f]{64}$/)
    for (const [at, peer] of peers.entries()) await write(peer, idOf(rows, 'peer', peer), 3 + at, `Peer ${at}`)
    const submitted = await write(manager, record, 5)
    // Manager 5 and peers 4, each with weight 1; self and goals weigh nothing here.
    expect(submitted).toMatchObject({
      state: 'submitted',
      rating: { value: 5, label: 'Outstanding', scale: { name: 'Five', lowest: 1, highest: 5 } },
      finalRating: { value: 4.5, label: 'Outstanding' },
    })
    await ok(hr.call, 'POST', `review-cycles/${round.id}/calibrate`)
    const calibrated = await ok(hr.call, 'POST', `reviews/${record}/calibrate`, {
      rating: 4,
      reason: 'As in other teams',
    })
    expect(calibrated).toMatchObject({
      finalRating: { value: 4, label: 'Strong' },
      calibration: { from: { value: 4.5 }, reason: 'As in other teams', actorId: hr.id },
    })
    expect((await subject.call('GET', `/v1/reviews/${record}`)).status).toBe(404)
    await ok(manager.call, 'POST', `reviews/${record}/share`)
    expect(await ok(subject.call, 'GET', `reviews/${record}`)).toMatchObject({
      finalRating: { value: 4 },
      state: 'shared',
    })
    const result = await ok(subject.call, 'GET', `reviews/${record}/result`)
    expect(result.voices).toMatchObject([
      {
        relationship: 'peer',
        respondents: 3,
        answers: [{ questionKey: 'results', rating: { value: 4 }, texts: ['Peer 0', 'Peer 1', 'Peer 2'] }],
      },
    ])
    for (const { id } of peers) expect(JSON.stringify(result)).not.toContain(id)
    const read = await ok(subject.call, 'POST', `reviews/${record}/acknowledge`, { comment: 'Agreed' })
    expect(read).toMatchObject({
      state: 'acknowledged',
      acknowledgement: 'Agreed',
      acknowledgedAt: clock.now.toISOString(),
    })
    expect((await ok(hr.call, 'POST', `review-cycles/${round.id}/close`)).state).toBe('closed')
  })

  test('by GraphQL', async () => {
    const ask = async (caller: typeof hr.call, query: string, variables: object) => {
      const { body } = await caller.graphql(query, variables as Record<string, unknown>)
      expect(body.errors).toBeUndefined()
      return Object.values(body.data)[0] as any
    }
    const template = await ask(
      hr.call,
      'mutation ($input: CreateReviewTemplateInput!) { createReviewTemplate(input: $input) { id weights { goals manager } finalFormula } }',
      {
        input: {
          name: 'By GraphQL',
          scale: {
            name: 'Two',
            points: [
              { value: 0, label: 'Not yet' },
              { value: 1, label: 'Yes' },
            ],
          },
          sections: [
            { key: 's', title: 'S', kind: 'goals', questions: [{ key: 'q', text: 'Goals?', required: true }] },
          ],
        },
      },
    )
    expect(template).toMatchObject({ weights: { goals: 0, manager: 1 }, finalFormula: 'weighted_mean' })
    const input = {
      name: 'By GraphQL',
      templateId: template.id,
      startsOn: '2026-01-01',
      endsOn: '2026-06-30',
      participants: { userIds: [subject.id] },
      okrCycleIds: [year.id],
    }
    const made = 'mutation ($input: CreateReviewCycleInput!) { createReviewCycle(input: $input) { id state } }'
    const { id } = await ask(hr.call, made, { input })
    const launched = 'mutation ($id: ID!) { launchReviewCycle(id: $id, input: {}) { state form { scale { name } } } }'
    expect(await ask(hr.call, launched, { id })).toEqual({ state: 'active', form: { scale: { name: 'Two' } } })
    const listed =
      '($id: ID!) { reviews(reviewCycleId: [$id], relationship: [manager]) { nodes { id subject { displayName } reviewCycle { name } } } }'
    const { nodes } = await ask(manager.call, `query ${listed}`, { id })
    expect(nodes).toMatchObject([{ subject: { displayName: 'Subject' }, reviewCycle: { name: 'By GraphQL' } }])
    const own = { id: nodes[0].id }
    await ask(
      manager.call,
      'mutation ($id: ID!) { updateReview(id: $id, input: { answers: [{ questionKey: "q", rating: 1 }] }) { state } }',
      own,
    )
    const state = (verb: string, rest = '') =>
      `mutation ($id: ID!) { ${verb}Review(id: $id${rest}) { state finalRating { value label } } }`
    expect(await ask(manager.call, state('submit'), own)).toEqual({
      state: 'submitted',
      finalRating: { value: 1, label: 'Yes' },
    })
    const frozen =
      '($id: ID!) { reviewSnapshot(id: $id) { objectives { title progress explanation { items { type progress } } } } }'
    expect(await ask(manager.call, `query ${frozen}`, own)).toMatchObject({
      objectives: [{ title: 'Mine', progress: 0.4, explanation: { items: [{ type: 'key_result', progress: 0.4 }] } }],
    })
    expect((await ask(manager.call, state('share'), own)).state).toBe('shared')
    expect((await ask(subject.call, state('acknowledge', ', input: {}'), own)).state).toBe('acknowledged')
    const closed = 'mutation ($id: ID!) { closeReviewCycle(id: $id) { state } }'
    expect(await ask(hr.call, closed, { id })).toEqual({ state: 'closed' })
  })
})

describe('the goals a review was written before', async () => {
  const round = await cycle({ okrCycleIds: [year.id] })
  const rows = await launch(round.id, [])
  const record = idOf(rows, 'manager', manager)
  await write(manager, record, 4)
  const at = `reviews/${record}/snapshot`

  test('stand: a check-in after submission does not change them', async () => {
    const before = await ok(manager.call, 'GET', at)
    expect(before).toMatchObject({ scoringVersion: 1, subjectId: subject.id, takenAt: clock.now.toISOString() })
    expect(before.objectives).toMatchObject([
      { objectiveId: objective.id, progress: 0.4, explanation: { progress: 0.4 } },
    ])
    await goals.checkIn(keyResult.id, { value: 90 })
    expect((await goals.read(`objectives/${objective.id}`)).progress).toBe(0.9)
    expect(await ok(manager.call, 'GET', at)).toEqual(before)
  })

  test.each([
    ['goal_snapshots', (sha256: string) => sha256],
    ['frozen_explanations', (_sha256: string, explanation: string) => explanation],
  ])('one changed byte in %s is detected', async (table, pick) => {
    const { sha256, objectives } = await ok(manager.call, 'GET', at)
    const verify = () => ok(manager.call, 'GET', `${at}/verify`)
    expect(await verify()).toMatchObject({ valid: true, checked: 3, broken: [] })
    const hash = pick(sha256, objectives[0].explanationSha256)
    const set = (from: string, to: string) =>
      pool.query(`update ${table} set body = replace(body, $3, $4) where tenant_id = $1 and sha256 = $2`, [
        organizationId,
        hash,
        from,
        to,
      ])
    await set('"progress":0.4', '"progress":0.5')
    expect(await verify()).toMatchObject({ valid: false, broken: [hash] })
    await set('"progress":0.5', '"progress":0.4')
    expect(await verify()).toMatchObject({ valid: true })
  })
})

describe('a final rating', () => {
  test('is the mean of the parts that have a value: 4 and 5 and a missing third give 4.5', async () => {
    const round = await cycle({}, { weights: { self: 1, manager: 1, peer: 1 } })
    const rows = await launch(round.id)
    await write(subject, idOf(rows, 'self', subject), 4)
    const record = await write(manager, idOf(rows, 'manager', manager), 5)
    expect(record.finalRating.value).toBe(4.5)
    // Two of three peers: too few to be counted, or one could work out what they said.
    for (const peer of peers.slice(0, 2)) await write(peer, idOf(rows, 'peer', peer), 1)
    const result = await ok(manager.call, 'GET', `reviews/${record.id}/result`)
    expect(result.parts.find(({ part }: any) => part === 'peer')).toMatchObject({
      respondents: 2,
      withheld: true,
      rating: null,
    })
    expect([result.finalRating.value, result.voices]).toEqual([4.5, []])
    await write(peers[2]!, idOf(rows, 'peer', peers[2]!), 1)
    expect((await ok(manager.call, 'GET', `reviews/${record.id}`)).finalRating.value).toBe(3.333333)
  })

  test('tells nothing of peers of whom only one said it', async () => {
    const round = await cycle({}, { weights: { manager: 1, peer: 1 } })
    const rows = await launch(round.id)
    const record = await write(manager, idOf(rows, 'manager', manager), 5)
    for (const [at, peer] of peers.entries()) {
      const id = idOf(rows, 'peer', peer)
      const answer = { questionKey: 'results', ...(at === 0 ? { rating: 1 } : { text: `Words ${at}` }) }
      const summary = at === 0 ? { summary: 'Mine alone' } : {}
      await ok(peer.call, 'PATCH', `reviews/${id}`, { answers: [answer], ...summary })
      await ok(peer.call, 'POST', `reviews/${id}/submit`)
    }
    const { parts, voices, finalRating } = await ok(manager.call, 'GET', `reviews/${record.id}/result`)
    expect(parts.find(({ part }: any) => part === 'peer')).toMatchObject({ withheld: true, rating: null })
    expect(voices).toMatchObject([{ relationship: 'peer', respondents: 3, answers: [], summaries: [] }])
    expect(finalRating.value).toBe(5)
  })

  test('takes goals where the template says so: graded ones against their mark, learning left out', async () => {
    const quarter = await goals.cycle({ name: 'Graded' })
    const graded = async (grade: number, commitment: string) => {
      const { id } = await goals.objective(quarter.id, commitment, {
        ownerType: 'user',
        ownerId: subject.id,
        commitment,
      })
      await goals.act(`objectives/${id}/close`, { grade, reason: 'Agreed' })
    }
    await graded(0.5, 'committed')
    await graded(0.9, 'aspirational')
    await graded(0, 'learning')
    const round = await cycle({ okrCycleIds: [quarter.id] }, { weights: { manager: 1, goals: 1 } })
    const rows = await launch(round.id, [])
    const { finalRating } = await write(manager, idOf(rows, 'manager', manager), 5)
    // Goals (0.5 + 1) / 2 = 0.75, on the scale 1 + 0.75 · 4 = 4.
    expect(finalRating.value).toBe(4.5)
  })
})

test('the outcome stands on the self review only where no manager is to review, and is told when it is shared', async () => {
  const round = await cycle({ participants: { userIds: [subject.id, people.head.id] } }, { weights: { self: 1 } })
  const rows = await launch(round.id, [])
  const managed = idOf(rows, 'self', subject)
  expect((await write(subject, managed, 4)).finalRating).toBeNull()
  expect((await hr.call('POST', `/v1/reviews/${managed}/share`)).body.code).toBe('invalid_transition')
  const own = idOf(rows, 'self', people.head)
  expect((await write(people.head, own, 3)).finalRating).toBeNull()
  expect((await ok(hr.call, 'GET', `reviews/${own}`)).finalRating).toMatchObject({ value: 3 })
  await ok(hr.call, 'POST', `reviews/${own}/share`)
  expect((await ok(people.head.call, 'GET', `reviews/${own}`)).finalRating).toMatchObject({ value: 3 })
})

describe('refused, with nothing stored', async () => {
  const round = await cycle()
  const rows = await launch(round.id, [])
  const record = idOf(rows, 'manager', manager)
  const self = idOf(rows, 'self', subject)
  const refused = async (caller: typeof hr.call, method: string, path: string, body: object | undefined) => {
    const before = await census()
    const answer = await caller(method, `/v1/${path}`, body)
    expect(await census()).toEqual(before)
    return [answer.status, answer.body.code, answer.body.errors[0]?.pointer]
  }

  test.each([
    ['off the scale', { rating: 6 }, '/rating', 'rating_off_scale'],
    ['between two values', { rating: 3.5 }, '/rating', 'rating_off_scale'],
    [
      'an answer off the scale',
      { answers: [{ questionKey: 'results', rating: 0 }] },
      '/answers/0/rating',
      'rating_off_scale',
    ],
    [
      'a question nobody asked',
      { answers: [{ questionKey: 'salary', rating: 3 }] },
      '/answers/0/questionKey',
      'invalid_input',
    ],
    ['words rated', { answers: [{ questionKey: 'next', rating: 3 }] }, '/answers/0/rating', 'invalid_input'],
    ['a state', { state: 'pending' }, '/state', 'invalid_input'],
  ])('%s', async (_what, body, pointer, code) => {
    expect(await refused(manager.call, 'PATCH', `reviews/${record}`, body)).toEqual([422, code, pointer])
  })

  test('a required question left out', async () => {
    expect(await refused(manager.call, 'POST', `reviews/${record}/submit`, undefined)).toEqual([
      422,
      'invalid_input',
      '/answers',
    ])
  })

  test('going backwards, or too far ahead', async () => {
    const moved = async (caller: typeof hr.call, path: string, body?: object) =>
      (await refused(caller, 'POST', path, body)).slice(0, 2)
    const invalid = [409, 'invalid_transition']
    expect(await moved(manager.call, `reviews/${record}/share`)).toEqual(invalid)
    await write(manager, record, 3)
    expect(await moved(manager.call, `reviews/${record}/submit`)).toEqual(invalid)
    const change = await refused(manager.call, 'PATCH', `reviews/${record}`, { rating: 1 })
    expect(change.slice(0, 2)).toEqual(invalid)
    expect(await moved(hr.call, `reviews/${record}/calibrate`, { rating: 3, reason: 'x' })).toEqual(invalid)
    expect(await moved(hr.call, `review-cycles/${round.id}/launch`, {})).toEqual(invalid)
    await ok(hr.call, 'POST', `review-cycles/${round.id}/calibrate`)
    expect(await moved(subject.call, `reviews/${self}/submit`)).toEqual(invalid)
    expect(await moved(hr.call, `review-cycles/${round.id}/calibrate`)).toEqual(invalid)
    const off = await refused(hr.call, 'POST', `reviews/${record}/calibrate`, { rating: 9, reason: 'x' })
    expect(off).toEqual([422, 'rating_off_scale', '/rating'])
    await ok(manager.call, 'POST', `reviews/${record}/share`)
    expect(await moved(hr.call, `reviews/${record}/calibrate`, { rating: 3, reason: 'x' })).toEqual(invalid)
    await ok(subject.call, 'POST', `reviews/${record}/acknowledge`, {})
    expect(await moved(manager.call, `reviews/${record}/share`)).toEqual(invalid)
    await ok(hr.call, 'POST', `review-cycles/${round.id}/close`)
    expect(await moved(hr.call, `review-cycles/${round.id}/calibrate`)).toEqual(invalid)
  })
})
