import { readFileSync } from 'node:fs'
import SCIMMY from 'scimmy'
import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { scimCaller } from '../support/scim.ts'

type Exchange = {
  says: string
  method: string
  path: string
  body?: unknown
  status: number
  answer?: Record<string, unknown>
  save?: Record<string, string>
}

describe.each(['okta', 'entra'])('%s', async (name) => {
  const { exchanges } = JSON.parse(readFileSync(new URL(`../fixtures/scim/${name}.json`, import.meta.url), 'utf8')) as {
    exchanges: Exchange[]
  }
  const world = await createWorld()
  const call = scimCaller(world, await world.key('integration', ['directory:read', 'directory:write']))

  test('provisions from the first request to the last', async () => {
    const known: Record<string, string> = {}
    const filled = <T>(value: T): T =>
      JSON.parse(JSON.stringify(value ?? null).replaceAll(/\{\{(\w+)\}\}/g, (_all, key: string) => known[key] ?? ''))
    for (const exchange of exchanges) {
      const { says, method, path, body, status, answer, save } = exchange
      const got = await call(method, filled(path), body === undefined ? undefined : filled(body))
      expect([says, got.status], JSON.stringify(got.body)).toEqual([says, status])
      if (answer) expect(got.body, says).toMatchObject(filled(answer))
      for (const [key, member] of Object.entries(save ?? {})) known[key] = got.body[member]
    }
  })
})

test('what clients learn the service by is what another implementation expects', async () => {
  const world = await createWorld()
  const call = scimCaller(world, await world.key('integration', ['directory:read']))
  for (const path of [
    '/ServiceProviderConfig',
    '/ResourceTypes',
    '/ResourceTypes/User',
    '/ResourceTypes/Group',
    '/Schemas',
  ]) {
    expect((await call('GET', path)).status).toBe(200)
  }
  const { body } = await call('GET', '/Schemas')
  for (const schema of body.Resources as { id: string; attributes: { name: string; type: string }[] }[]) {
    const { definition } = Object.values(SCIMMY.Schemas as any).find(
      (each: any) => each.definition?.id === schema.id,
    ) as any
    const theirs = new Map(definition.attributes.map((each: any) => [each.name, each]))
    for (const { name, type } of schema.attributes)
      expect([name, (theirs.get(name) as any)?.type]).toEqual([name, type])
    expect((await call('GET', `/Schemas/${schema.id}`)).body).toMatchObject({ id: schema.id })
  }
  expect((await call('GET', '/Schemas?filter=id%20pr')).status).toBe(403)
})
