import { expect, test } from 'vitest'
import { endpointOf } from '../../src/api/endpoint.ts'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { operations } from '../support/contract.ts'
import { callOf, send } from '../support/requests.ts'
import { stable } from '../support/stable.ts'

const { call, organizationId, commits } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const census = await createCensus(organizationId, commits)

const writes = operations.filter((operation) => endpointOf(operation).method !== 'GET')

test.each(writes)('a dry run of $name answers as the write would and stores nothing', async (operation) => {
  const wanted = await callOf(call, operation)
  const before = await census()
  const dry = await send(call, wanted, '?validateOnly=true', { 'idempotency-key': `dry ${operation.name}` })
  expect(dry.status, JSON.stringify(dry.body)).toBe(200)
  expect(await census()).toEqual(before)

  const real = await send(call, wanted)
  if (operation.undone) expect(await census()).toEqual(before)
  else expect(await census()).not.toEqual(before)
  if (real.status !== 204) expect(stable(real.body)).toEqual(stable(dry.body))
})
