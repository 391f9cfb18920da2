import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { describe, expect, test } from 'vitest'
import { goalsOf } from '../support/goals.ts'
import { type Received, receiver, sendingWorld, until } from '../support/webhooks.ts'

const world = await sendingWorld()
const { call, subscribe, pillar, deliveries, endpoint, sql } = world
const there = await receiver()
const pillars = { eventTypes: ['pillar.created'] }

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
