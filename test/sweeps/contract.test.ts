import { describe, expect, test } from 'vitest'
import { endpointOf } from '../../src/api/endpoint.ts'
import { createWorld } from '../support/app.ts'
import { document, downloads, operations } from '../support/contract.ts'
import { callOf, resourceBehind, send } from '../support/requests.ts'

const { call } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })

const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
)

test('every operation is documented once', () => {
  expect(documented.map(({ operation }) => operation.operationId).toSorted()).toEqual(
    [
      ...operations.flatMap(({ name, patient }) => (patient ? [name, `${name}Stream`] : [name])),
      ...downloads.flatMap(({ name, hasHead }) => (hasHead ? [name, `${name}Head`] : [name])),
    ].toSorted(),
  )
})

test('the app serves the document it is held against', async () => {
  const { body } = await call('GET', '/openapi.json')
  expect(body).toEqual(JSON.parse(JSON.stringify(document)))
})

test.each(documented)('$name says what it does, who may, and how it fails', ({ operation }) => {
  expect(operation.summary).toMatch(/^[A-Z].{5,}/)
  expect((operation as { description?: string }).description).toMatch(/^(Scope `[a-z:]+`|Any valid credential)/)
  const problem = { $ref: '#/components/responses/Problem' }
  for (const status of ['4XX', '5XX']) expect(operation.responses[status]).toEqual(problem)
  expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true)
})

describe('every operation succeeds as documented', () => {
  test.each(operations)('$name', async (operation) => {
    const { status, body } = await send(call, await callOf(call, operation))
    expect(status, JSON.stringify(body)).toBeLessThan(300)
  })
})

const updates = operations.filter((operation) => endpointOf(operation).method === 'PATCH' && resourceBehind(operation))

describe('an empty patch changes nothing', () => {
  test.each(updates.filter(({ name }) => name !== 'updateCheckIn'))('$name', async (operation) => {
    const { path } = await callOf(call, operation)
    const url = operation.rest.replace('PATCH ', '/v1').replace(':id', path['id'] ?? '')
    const before = await call('GET', url)
    const patched = await call('PATCH', url, {})
    expect(patched.status, JSON.stringify(patched.body)).toBe(200)
    expect(patched.body).toEqual(before.body)
    expect((await call('GET', url)).body).toEqual(before.body)
  })
})
