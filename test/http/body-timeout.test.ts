import { once } from 'node:events'
import { connect } from 'node:net'
import Fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { bodyTimeout } from '../../src/http/body-timeout.ts'

const app = Fastify()
await app.register(bodyTimeout, { milliseconds: 400 })
app.post('/', async ({ body }) => body)
app.post('/upload', { config: { isUpload: true } }, async ({ body }) => body)
const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
afterAll(() => app.close())

/** Sends the head and half of a body, the other half later; answers what came back before the connection ended. */
const sendSlowly = async (path: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data) => (answer += String(data))).on('error', () => {})
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{`,
  )
  const timer = setTimeout(() => socket.write('}'), 1_000)
  await once(socket, 'close')
  clearTimeout(timer)
  return answer
}

test('a body that takes too long ends the connection; an upload may take its time', async () => {
  const [slow, upload] = await Promise.all([sendSlowly('/'), sendSlowly('/upload')])
  expect(slow).toBe('')
  expect(upload).toContain('200 OK')
})

test('a body that is there in time is answered, however long the answer takes', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  })
  expect(await answer.json()).toEqual({ a: 1 })
})
