import { describe, expect, test } from 'vitest'
import { receiver, sendingWorld, until } from '../support/webhooks.ts'

const world = await sendingWorld()
const { call, subscribe, pillar, deliveries, endpoint, sql, organizationId } = world
const there = await receiver()
const pillars = { eventTypes: ['pillar.created'] }

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
