import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { toProblem } from '../../src/api/to-problem.ts'
import { deadline } from '../../src/http/deadline.ts'

test.each([
  ['GET', undefined],
  ['POST', { a: 'x'.repeat(10_000) }],
])('%s without an answer is told to come again', async (method, payload) => {
  const app = Fastify()
  const gate = Promise.withResolvers<void>()
  app.setErrorHandler((error, _request, reply) =>
    reply.code(toProblem(error).status).send({ code: toProblem(error).code }),
  )
  await app.register(deadline, { milliseconds: 40 })
  app.route({ method, url: '/slow', handler: () => gate.promise.then(() => 'late') })
  app.route({ method, url: '/fast', handler: async () => 'in time' })
  const much = async (request: FastifyRequest) => {
    request.mayTake(10_000)
    // Asking for less takes nothing away.
    request.mayTake(1)
    await sleep(100)
    return 'after all'
  }
  app.route({ method, url: '/much', handler: much })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const headers = { 'content-type': 'application/json' }
  const init = { method, headers, ...(payload ? { body: JSON.stringify(payload) } : {}) }
  const slow = await fetch(`${url}/slow`, init)
  expect([slow.status, await slow.json()]).toEqual([503, { code: 'unavailable' }])
  gate.resolve()
  expect(await (await fetch(`${url}/fast`, init)).text()).toBe('in time')
  expect(await (await fetch(`${url}/much`, init)).text()).toBe('after all')
  await app.close()
})
