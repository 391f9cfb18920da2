import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { Problem } from '../../src/api/problem.ts'
import { body } from '../../src/http/body.ts'

const build = () => {
  const app = Fastify({ bodyLimit: 1000 })
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    error instanceof Problem
      ? reply.code(error.status).send(error.toJSON())
      : reply.code(error.statusCode ?? 500).send({ code: 'not a problem', message: error.message }),
  )
  app.register(body)
  app.register(async (scope) => {
    for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
      scope.route({
        method,
        url: '/',
        handler: async ({ body: read }) => ({ read: read === undefined ? 'none' : read }),
      })
    }
  })
  return app
}

const send = async (
  method: 'POST' | 'PATCH' | 'DELETE',
  contentType: string | undefined,
  payload?: string | Buffer,
) => {
  const headers = contentType === undefined ? {} : { 'content-type': contentType }
  const answer = await build().inject({ method, url: '/', headers, payload })
  return { status: answer.statusCode, ...answer.json() }
}

describe('reads', () => {
  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    '%s',
    async (type) => {
      expect(await send('POST', type, '{"name":"Größe"}')).toEqual({ status: 200, read: { name: 'Größe' } })
    },
  )

  test('a merge patch', async () => {
    expect(await send('PATCH', 'application/merge-patch+json', '{"name":null}')).toMatchObject({ read: { name: null } })
  })

  test('a body that starts with a byte order mark', async () => {
    expect(await send('POST', 'application/json', '\uFEFF{"a":1}')).toMatchObject({ read: { a: 1 } })
  })

  test.each([
    ['POST', 'application/json', ''],
    ['DELETE', 'application/json', undefined],
    ['DELETE', undefined, undefined],
    ['POST', undefined, undefined],
  ] as const)('nothing: %s %s', async (method, type, payload) => {
    expect(await send(method, type, payload)).toEqual({ status: 200, read: 'none' })
  })
})

describe('refuses', () => {
  test.each([
    ['text/plain', 'hello', 415, 'unsupported_media_type'],
    ['application/xml', '<a/>', 415, 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 'a=1', 415, 'unsupported_media_type'],
    ['application/json; charset=iso-8859-1', '{}', 415, 'unsupported_media_type'],
    ['application/json', '{"a":1,"a":2}', 400, 'invalid_json'],
    ['application/json', ' ', 400, 'invalid_json'],
    ['application/json', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 400, 'invalid_json'],
  ])('%s %s', async (type, payload, status, code) => {
    expect(await send('POST', type, payload)).toMatchObject({ status, code })
  })

  test('a body without a content type', async () => {
    expect(await send('POST', undefined, Buffer.from('{}'))).toMatchObject({ status: 415 })
  })

  test('a body over the limit, before reading it', async () => {
    expect(await send('POST', 'application/json', JSON.stringify('x'.repeat(1000)))).toMatchObject({ status: 413 })
  })
})
