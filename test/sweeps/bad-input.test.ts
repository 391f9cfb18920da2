import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endpointOf, placesOf } from '../../src/api/endpoint.ts'
import { problemCodes } from '../../src/api/problem.ts'
import { type Answer, createWorld } from '../support/app.ts'
import { badText, textOf } from '../support/bad-values.ts'
import { createCensus } from '../support/census.ts'
import { document, operations } from '../support/contract.ts'
import { callOf, send, urlOf } from '../support/requests.ts'
import { bodyOf } from '../support/samples.ts'

const { call, organizationId, commits } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const census = await createCensus(organizationId, commits)
const runs = { numRuns: 12, seed: 20_261_121, endOnFailure: true }

/** Never a 5xx, always a problem of the catalogue, and nothing stored by what was refused. */
const holds = async (answer: Answer, before: object, what: string): Promise<object> => {
  expect(answer.status, `${what} → ${JSON.stringify(answer.body)}`).toBeLessThan(500)
  const after = await census()
  if (answer.status < 400) return after
  expect(problemCodes).toContain(answer.body.code)
  expect(JSON.stringify(answer.body)).not.toMatch(/select |insert |update .* set|\bat \/|node_modules/)
  expect(after, what).toEqual(before)
  return before
}

const writing = operations.filter((operation) => bodyOf(operation))

describe('a body', () => {
  test.each(writing)('of $name', async (operation) => {
    const { path } = await callOf(call, operation)
    const schema = bodyOf(operation) as object
    let before: object = await census()
    await fc.assert(
      fc.asyncProperty(textOf(schema), async (body) => {
        before = await holds(await send(call, { operation, path, body }), before, body.slice(0, 2_000))
      }),
      runs,
    )
  })

  test.each(writing)('of $name with one good member made bad', async (operation) => {
    const { path, body } = await callOf(call, operation)
    const names = Object.keys(bodyOf(operation)?.properties ?? {})
    let before: object = await census()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), badText, async (name, bad) => {
        const good = Object.entries(body as object).filter(([each]) => each !== name)
        const parts = [...good.map(([each, value]) => `"${each}":${JSON.stringify(value)}`), `"${name}":${bad}`]
        before = await holds(
          await send(call, { operation, path, body: `{${parts.join(',')}}` }),
          before,
          `${name}: ${bad.slice(0, 200)}`,
        )
      }),
      runs,
    )
  })

  test.each(['', ' ', '{', 'null', '[]', '"x"', '1', '{"name":', '\ufeff', 'NaN', "{'a':1}", '{"a":1}}'])(
    'that is no object: %j',
    async (body) => {
      const before = await census()
      await holds(await call('POST', '/v1/teams', body), before, body)
      await holds(await call('POST', '/graphql', body), before, body)
    },
  )
})

test.each(operations)('query parameters of $name', async (operation) => {
  const { inQuery, method } = placesOf(operation)
  const wanted = await callOf(call, operation)
  const names = [...Object.keys(inQuery), 'validateOnly', 'stray', 'cursor', 'fields', '__proto__']
  let before: object = await census()
  const value = badText.map((text) => text.replace(/^"(.*)"$/s, '$1').slice(0, 500))
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.array(value, { minLength: 1, maxLength: 2 }),
      async (name, given) => {
        const query = `?${given.map((each) => `${name}=${encodeURIComponent(each)}`).join('&')}`
        const answer = await send(call, wanted, query)
        if (method !== 'GET' && answer.status < 400) return void (before = await census())
        before = await holds(answer, before, query)
      },
    ),
    { ...runs, numRuns: 6 },
  )
})

test.each(operations.filter((operation) => endpointOf(operation).pathParameters.length > 0))(
  'path members of $name',
  async (operation) => {
    const wanted = await callOf(call, operation)
    const [name] = endpointOf(operation).pathParameters as [string]
    let before: object = await census()
    for (const bad of ['x', "' or 1=1 --", '%', '..', '\0', 'x'.repeat(299), '👩']) {
      const url = urlOf(wanted).replace(
        encodeURIComponent(wanted.path[name] ?? ''),
        encodeURIComponent(bad.toWellFormed()),
      )
      before = await holds(await call(endpointOf(operation).method, url, wanted.body), before, url)
    }
    for (const broken of ['%00', '%c3%bc']) {
      const url = urlOf(wanted).replace(encodeURIComponent(wanted.path[name] ?? ''), broken)
      before = await holds(await call(endpointOf(operation).method, url, wanted.body), before, url)
    }
  },
)

// The router notices these before any route does.
test.each([
  ['GET', `/v1/teams/${'x'.repeat(400)}`, 422],
  ['GET', `/v1/teams/${'x'.repeat(4_000)}`, 414],
  ['GET', '/v1/teams/%zz', 400],
  ['GET', '/v1/teams/%ff', 400],
])('%s %s', async (method, url, status) => {
  const answer = await call(method, url)
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toContain('application/problem+json')
})

test('the document names every code', () => {
  expect(document.components.schemas['Problem']?.properties?.['code']?.enum).toEqual(problemCodes)
})
