import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { describe, expect, test } from 'vitest'
import { step } from '../../src/delivery/step.ts'
import { goalsOf } from '../support/goals.ts'
import { type Received, receiver, senderFor, sendingWorld } from '../support/webhooks.ts'

const world = await sendingWorld()
const { call, subscribe, pillar, deliveries, endpoint, sql, alone, organizationId } = world
const there = await receiver()
const pillars = { eventTypes: ['pillar.created'] }

const until = async <T>(read: () => T | Promise<T>, is: (value: T) => boolean): Promise<T> => {
  await expect.poll(async () => is(await read()), { timeout: 15_000, interval: 20 }).toBe(true)
  return read()
}
const count = (path: string, wanted: number) =>
  until(
    () => there.at(path),
    (all) => all.length >= wanted,
  )

/** Both libraries, as receivers use them. */
const verify = (secret: string, { headers, body }: Pick<Received, 'headers' | 'body'>) => {
  for (const Webhook of [StandardWebhook, SvixWebhook]) new Webhook(secret).verify(body, headers as never)
}

describe('what is sent', () => {
  test('is the event as the feed has it, signed, once', async () => {
    const { id, secret } = await subscribe(there.url('/signed'), pillars)
    const made = await pillar()
    const [request] = (await count('/signed', 1)) as [Received]
    expect(request.data).toEqual({
      type: 'pillar.created',
      timestamp: made.createdAt,
      data: (await call('GET', `/v1/events?subject=${made.id}`)).body.items[0],
    })
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': request.data.data.id })
    verify(secret, request)
    expect(() => verify(secret, { ...request, body: request.body.replace('created', 'deleted') })).toThrow()
    const [delivery] = await until(
      () => deliveries(id),
      ([first]) => first?.status === 'delivered',
    )
    expect(delivery).toMatchObject({
      eventId: request.data.data.id,
      eventType: 'pillar.created',
      eventSeq: request.data.data.seq,
      nextAttemptAt: null,
      attempts: [{ number: 1, status: 204, error: null, excerpt: null }],
    })
    expect(there.at('/signed')).toHaveLength(1)
  })

  test('is signed with both secrets for a day after a rotation', async () => {
    const { id, secret } = await subscribe(there.url('/rotating'), pillars)
    const rotated = await call('POST', `/v1/webhook-endpoints/${id}/rotate-secret`)
    expect(rotated.status).toBe(200)
    await pillar()
    const [during] = (await count('/rotating', 1)) as [Received]
    for (const key of [secret, rotated.body.secret]) verify(key, during)
    expect(() => verify(secret, { ...during, body: `${during.body} ` })).toThrow()
    await sql(`update webhook_endpoints set previous_secret_until = now() - interval '1 s' where id = $1`, id)
    await pillar()
    const [, after] = (await count('/rotating', 2)) as [Received, Received]
    verify(rotated.body.secret, after)
    expect(() => verify(secret, after)).toThrow()
  })

  test('is what was asked for: one type, all of a subject, everything; nothing after unsubscribing', async () => {
    const all = await subscribe(there.url('/all'))
    await subscribe(there.url('/subject'), { eventTypes: ['pillar.*', 'pillar.created'] })
    await subscribe(there.url('/type'), { eventTypes: ['pillar.updated'] })
    const { id } = await pillar()
    await call('PATCH', `/v1/pillars/${id}`, { title: 'Changed' })
    expect((await call('DELETE', `/v1/webhook-endpoints/${all.id}`)).status).toBe(204)
    await call('DELETE', `/v1/pillars/${id}`)
    const types = (path: string) =>
      there.at(path).flatMap(({ data }) => (data.data.subject.id === id ? [data.type] : []))
    await until(
      () => types('/subject'),
      (seen) => seen.length === 3,
    )
    await world.sender.idle()
    expect(new Set(types('/subject'))).toEqual(new Set(['pillar.created', 'pillar.updated', 'pillar.deleted']))
    expect(types('/type')).toEqual(['pillar.updated'])
    expect(types('/all')).not.toContain('pillar.deleted')
  })

  test('is only what its maker may see', async () => {
    const goals = goalsOf(call)
    const cycle = await goals.cycle()
    const key = await world.key('integration', ['webhook:write', 'webhook:read', 'okr:read'])
    const blind = await world.key('integration', ['webhook:write', 'directory:read'])
    const own = await subscribe(there.url('/shared'), {}, world.as(key))
    await subscribe(there.url('/blind'), {}, world.as(blind))
    const hidden = await goals.objective(cycle.id, 'Hidden', { visibility: 'private' })
    const shown = await goals.objective(cycle.id, 'Shown')
    const team = await goals.make('teams', { name: 'Team' })
    const subjects = (path: string) => there.at(path).map(({ data }) => data.data.subject.id)
    await until(
      () => [...subjects('/shared'), ...subjects('/blind')],
      (ids) => ids.includes(shown.id) && ids.includes(team.id),
    )
    await world.sender.idle()
    expect(subjects('/shared')).not.toContain(hidden.id)
    expect(subjects('/shared')).not.toContain(team.id)
    expect(subjects('/blind')).not.toContain(shown.id)
    // Who loses the key hears nothing from then on.
    expect((await call('DELETE', `/v1/api-keys/${own.createdBy}`)).status).toBe(204)
    await until(
      () => endpoint(own.id),
      ({ state }) => state === 'disabled',
    )
    expect(await endpoint(own.id)).toMatchObject({ state: 'disabled', disabledReason: 'creator_gone' })
  })
})

describe('what fails', () => {
  test('is tried again by the schedule, and told in the log', async () => {
    there.status('/flaky', 500, 302, 200)
    const { id } = await subscribe(there.url('/flaky'), pillars)
    await pillar()
    const [first] = await until(
      () => deliveries(id),
      ([one]) => one?.attempts.length === 1,
    )
    expect(first).toMatchObject({
      status: 'pending',
      attempts: [{ number: 1, status: 500, excerpt: 'told', error: null }],
    })
    expect((await endpoint(id)).failingSince).not.toBeNull()
    const wait = Date.parse(first.nextAttemptAt) - Date.parse(first.updatedAt)
    expect(wait).toBeGreaterThanOrEqual(5_000)
    expect(wait).toBeLessThanOrEqual(5_501)
    for (const attempts of [2, 3]) {
      await sql('update webhook_deliveries set next_attempt_at = now() where id = $1', first.id)
      world.sender.wake(organizationId)
      await until(
        () => deliveries(id),
        ([one]) => one?.attempts.length === attempts,
      )
    }
    const [last] = await deliveries(id)
    expect(last).toMatchObject({ status: 'delivered', nextAttemptAt: null })
    expect(last.attempts.map(({ status }: any) => status)).toEqual([500, 302, 200])
    expect((await endpoint(id)).failingSince).toBeNull()
    expect(new Set(there.at('/flaky').map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  test('is given up after the last try, and goes round again when asked to', async () => {
    there.status('/down', 503)
    const { id } = await subscribe(there.url('/down'), pillars)
    await pillar()
    const [first] = await until(
      () => deliveries(id),
      ([one]) => one?.attempts.length === 1,
    )
    await sql('update webhook_deliveries set attempt = 9, next_attempt_at = now() where id = $1', first.id)
    world.sender.wake(organizationId)
    await until(
      () => deliveries(id),
      ([one]) => one?.status === 'failed',
    )
    there.status('/down', 503, 200)
    const again = await call('POST', `/v1/webhook-deliveries/${first.id}/redeliver`)
    expect([again.status, again.body.status]).toEqual([200, 'pending'])
    const [second] = await until(
      () => deliveries(id),
      ([one]) => one?.attempts.length === 3,
    )
    expect(second.status).toBe('pending')
    expect(second.attempts.at(-1)).toMatchObject({ number: 11, status: 503 })
  })

  test('disables the endpoint at once on 410, after five days of nothing else, and lets it come back', async () => {
    there.status('/gone', 410)
    const { id } = await subscribe(there.url('/gone'), pillars)
    await pillar()
    expect(
      await until(
        () => endpoint(id),
        ({ state }) => state === 'disabled',
      ),
    ).toMatchObject({ disabledReason: 'gone' })
    expect(await deliveries(id)).toMatchObject([{ status: 'failed', attempts: [{ status: 410 }] }])
    const [told] = await until(
      async () => (await call('GET', `/v1/events?types=webhook_endpoint.disabled&subject=${id}`)).body.items,
      (items) => items.length === 1,
    )
    expect(told).toMatchObject({ changes: { state: ['enabled', 'disabled'] }, actorId: organizationId })
    const refused = await call('POST', `/v1/webhook-endpoints/${id}/test`)
    expect([refused.status, refused.body.code]).toEqual([409, 'invalid_transition'])

    there.status('/gone', 500)
    const enabled = await call('PATCH', `/v1/webhook-endpoints/${id}`, { state: 'enabled' })
    expect(enabled.body).toMatchObject({ state: 'enabled', disabledReason: null, failingSince: null })
    await pillar()
    await until(
      () => endpoint(id),
      ({ failingSince }) => failingSince !== null,
    )
    await sql(`update webhook_endpoints set failing_since = now() - interval '5 days 1 minute' where id = $1`, id)
    await pillar()
    expect(
      await until(
        () => endpoint(id),
        ({ state }) => state === 'disabled',
      ),
    ).toMatchObject({ disabledReason: 'failing' })
  })

  test('a redirect is not followed, and a name that leads inside is not called', async () => {
    there.reply('/redirecting', (response) => response.writeHead(307, { location: there.url('/inside') }).end())
    const redirecting = await subscribe(there.url('/redirecting'), pillars)
    // One bad address beside an allowed one refuses the name.
    const named = await subscribe(`http://inside.example:${there.port}/inside`, pillars)
    await pillar()
    const [redirected] = await until(
      () => deliveries(redirecting.id),
      ([one]) => one?.attempts.length === 1,
    )
    expect(redirected.attempts[0]).toMatchObject({ status: 307 })
    const [refused] = await until(
      () => deliveries(named.id),
      ([one]) => one?.attempts.length === 1,
    )
    expect(refused.attempts[0]).toMatchObject({ status: null, error: 'ADDRESS_REFUSED' })
    expect(there.at('/inside')).toEqual([])
  })
})

test('one endpoint that hangs delays nobody else, and holds no more than two requests', async () => {
  await alone()
  there.reply('/hanging', () => {})
  const paths = [1, 2, 3, 4, 5, 6].map((each) => `/quick${each}`)
  await Promise.all(['/hanging', ...paths].map((path) => subscribe(there.url(path), pillars)))
  const started = new Map<string, number>()
  for (let each = 0; each < 10; each++) {
    const at = performance.now()
    started.set((await pillar()).id, at)
  }
  await Promise.all(paths.map((path) => count(path, 10)))
  const latencies = paths.flatMap((path) =>
    there.at(path).map(({ at, data }) => at - (started.get(data.data.subject.id) as number)),
  )
  expect(latencies).toHaveLength(60)
  // Far below the 15 seconds a request may hang; under 1 s where nothing else runs (bench/webhooks.ts).
  expect(Math.max(...latencies)).toBeLessThan(5_000)
  expect(there.at('/hanging')).toHaveLength(2)
  there.hangUp()
})

test('several nodes send each event once', async () => {
  await alone()
  const { id } = await subscribe(there.url('/nodes'), pillars)
  for (let each = 0; each < 3; each++) senderFor(organizationId)
  const made = await Promise.all(Array.from({ length: 30 }, () => pillar()))
  await until(
    () => deliveries(id),
    (all) => all.filter(({ status }) => status === 'delivered').length === 30,
  )
  const subjects = there.at('/nodes').map(({ data }) => data.data.subject.id)
  expect(subjects).toHaveLength(30)
  expect(new Set(subjects)).toEqual(new Set(made.map((each) => each.id)))
})

test('a dead node loses its lease: another sends, and what the dead one says later is not heard', async () => {
  await alone()
  const { id } = await subscribe(there.url('/lease'), pillars)
  const take = () => step(world.options, organizationId, { ended: [], isFresh: false, room: 10 })
  const made = await call('POST', `/v1/webhook-endpoints/${id}/test`)
  expect(made.status).toBe(201)
  await until(
    () => deliveries(id),
    ([one]) => one?.status === 'delivered',
  )
  const [sent] = await deliveries(id)
  await sql(
    `update webhook_deliveries set status = 'pending', next_attempt_at = now(), attempts = '[]' where id = $1`,
    sent.id,
  )
  expect((await take()).leased).toMatchObject([{ id: sent.id, attempt: 2 }])
  // It is leased: nobody else takes it, until the time is up.
  expect((await take()).leased).toEqual([])
  await sql(`update webhook_deliveries set leased_until = now() where id = $1`, sent.id)
  world.sender.wake(organizationId)
  await until(
    () => deliveries(id),
    ([one]) => one?.status === 'delivered',
  )
  const late = { id: sent.id, attempt: 2, outcome: 'failed', wait: 0, record: null } as const
  await step(world.options, organizationId, { ended: [late], isFresh: false, room: 0 })
  expect(await deliveries(id)).toMatchObject([{ status: 'delivered', attempts: [{ number: 3, status: 204 }] }])
})
