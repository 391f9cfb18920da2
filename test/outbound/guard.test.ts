import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Network, parseNetwork } from '../../src/outbound/address.ts'
import { guardedAgent, type Resolve } from '../../src/outbound/agent.ts'
import { post } from '../../src/outbound/post.ts'
import { targetFault } from '../../src/outbound/target.ts'

/** Every spelling of a place inside that should fool a guard; `//` stands for both schemes. */
const hostile = [
  '//127.0.0.1',
  '//2130706433',
  '//0x7f.1',
  '//0x7f000001',
  '//0177.0.0.1',
  '//127.1',
  '//127.0.0.1.',
  '//0',
  '//[::1]',
  '//[::]',
  '//[::7f00:1]',
  '//[::ffff:127.0.0.1]',
  '//[::ffff:7f00:1]',
  '//[::ffff:8.8.8.8]',
  '//0.0.0.0',
  '//localhost',
  '//localhost.',
  '//LOCALHOST',
  '//x.localhost',
  '//metadata.google.internal',
  '//printer.local',
  '//intranet',
  '//10.0.0.1',
  '//172.16.0.1',
  '//192.168.1.1',
  '//169.254.169.254',
  '//[fd00::1]',
  '//[fe80::1]',
  '//[fe80::1%25eth0]',
  '//[fec0::1]',
  '//[ff02::1]',
  '//[64:ff9b::7f00:1]',
  '//[64:ff9b:1::7f00:1]',
  '//[2002:7f00:1::]',
  '//[2001::1]',
  '//[2001:db8::1]',
  '//[4000::1]',
  '//100.64.0.1',
  '//１２７.０.０.１',
  '//127。0。0。1',
  '//198.18.0.1',
  '//192.0.2.1',
  '//224.0.0.1',
  '//255.255.255.255',
  '//user:pw@example.com',
  '//a@b@example.com',
  '//user@example.com',
  '//\t127.0.0.1',
  '//example.com:22',
  '//example.com:25',
  'gopher://example.com',
  'file:///etc/passwd',
  'ftp://example.com',
  'javascript:alert(1)',
  'example.com',
  '',
]
const spellings = hostile.flatMap((url) => (url.startsWith('//') ? [`http:${url}`, `https:${url}`] : [url]))

test.each(spellings)('%j is refused by its text', (url) => {
  expect(targetFault(url, [])).not.toBeNull()
})

test.each(['https://example.com', 'https://example.com:8443/a?b=c', 'https://8.8.8.8', 'https://[2606:4700::1111]'])(
  '%s may be tried',
  (url) => {
    expect(targetFault(url, [])).toBeNull()
  },
)

test('plain http is for networks that were allowed', () => {
  const allowed = [parseNetwork('10.0.0.0/8') as Network]
  expect(targetFault('http://example.com', [])).toMatch(/https/)
  expect(targetFault('http://8.8.8.8', allowed)).toMatch(/https/)
  expect(targetFault('http://10.1.2.3', allowed)).toBeNull()
  expect(targetFault('http://127.0.0.1', allowed)).toMatch(/private/)
})

describe('at the connection', () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    if (request.url === '/redirect') response.writeHead(302, { location: '/target' }).end('elsewhere')
    else if (request.url === '/long') response.end(`\u0000${'x'.repeat(10_000_000)}`)
    else if (request.url !== '/hang') response.end('ok')
  })
  let port = 0
  const local = [parseNetwork('127.0.0.1') as Network]
  const agents = [guardedAgent([]), guardedAgent(local)]
  const [closed, open] = agents as [(typeof agents)[0], (typeof agents)[0]]
  const target = (path: string, host = '127.0.0.1') => ({
    url: `http://${host}:${port}${path}`,
    headers: { 'content-type': 'application/json' },
    body: '{}',
    timeout: 10_000,
  })

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.destroy()))
    server.closeAllConnections()
    server.close()
  })

  test.each(['127.0.0.1', '[::ffff:127.0.0.1]', 'localhost'])('%s is refused, and nothing arrives', async (host) => {
    seen.length = 0
    expect(await post(closed, target('/', host))).toMatchObject({ status: null, error: 'ADDRESS_REFUSED' })
    expect(seen).toEqual([])
  })

  /** A name server whose answers are told in advance, one after the other. */
  const answering = (...answers: string[][]): Resolve => {
    let asked = 0
    return (_name, _options, answer) =>
      answer(
        null,
        (answers[Math.min(asked++, answers.length - 1)] ?? []).map((address) => ({
          address,
          family: address.includes(':') ? 6 : 4,
        })),
      )
  }

  test.each([
    ['one private address', [['10.0.0.1']]],
    ['a private address behind a public one', [['8.8.8.8', '127.0.0.1']]],
    ['a mapped address', [['::ffff:127.0.0.1']]],
    ['the metadata service', [['169.254.169.254']]],
    ['no address', [[]]],
  ])('a name with %s is refused', async (_what, answers) => {
    const agent = guardedAgent([], answering(...answers))
    agents.push(agent)
    const answer = await post(agent, { ...target('/'), url: `https://evil.example:${port}/` })
    expect(answer).toMatchObject({ status: null, error: 'ADDRESS_REFUSED' })
  })

  test('the connection goes to the address that was judged: a second look-up never happens', async () => {
    seen.length = 0
    const agent = guardedAgent(local, answering(['127.0.0.1'], ['10.0.0.1']))
    agents.push(agent)
    expect(await post(agent, target('/first', 'rebinding.example'))).toMatchObject({ status: 200, excerpt: 'ok' })
    expect(seen).toEqual(['POST /first'])
  })

  test('a public name is not spoken to in plain text', async () => {
    const agent = guardedAgent([], answering(['8.8.8.8']))
    agents.push(agent)
    expect(await post(agent, target('/', 'plain.example'))).toMatchObject({ error: 'ADDRESS_REFUSED' })
  })

  test('a redirect is an answer, and not followed', async () => {
    seen.length = 0
    expect(await post(open, target('/redirect'))).toMatchObject({ status: 302, excerpt: 'elsewhere' })
    expect(seen).toEqual(['POST /redirect'])
  })

  test('a long answer is cut, a hanging one given up, a dead port told', async () => {
    const long = await post(open, target('/long'))
    expect(long).toMatchObject({ status: 200, excerpt: `\uFFFD${'x'.repeat(499)}` })
    expect(await post(open, { ...target('/hang'), timeout: 300 })).toMatchObject({ status: null, error: 'TIMEOUT' })
    const dead = await post(open, { ...target('/'), url: 'http://127.0.0.1:9' })
    expect(dead).toMatchObject({ status: null, error: 'ECONNREFUSED' })
  })
})
