import { createHash } from 'node:crypto'
import Fastify from 'fastify'
import { beforeAll, describe, expect, test } from 'vitest'
import { Problem, problemCodes } from '../../src/api/problem.ts'
import { type PagesOptions, pages } from '../../src/http/pages.ts'

const build = (options: PagesOptions = {}) => {
  const app = Fastify()
  app.setErrorHandler((error: Problem, _request, reply) => reply.code(error.status).send(error.toJSON()))
  app.register(pages, options)
  return app
}

const policyOf = (header: unknown): Record<string, string[]> =>
  Object.fromEntries(
    String(header)
      .split('; ')
      .map((directive) => directive.split(' '))
      .map(([name, ...sources]) => [name, sources]),
  )

describe.each(['/', '/docs', '/graphiql', '/problems/cycle_closed'])('the page at %s', (url) => {
  let html: string
  let policy: Record<string, string[]>
  let answer: Awaited<ReturnType<ReturnType<typeof build>['inject']>>

  beforeAll(async () => {
    answer = await build({ commands: ['curl'] }).inject({ url, headers: { accept: 'text/html,*/*' } })
    html = answer.body
    policy = policyOf(answer.headers['content-security-policy'])
  })

  test('is a document in UTF-8 that is asked for again each time', () => {
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    })
    expect(html).toMatch(/^<!doctype html>/)
  })

  test('needs nothing from another origin', () => {
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!)
    expect(addresses.length).toBeGreaterThan(0)
    for (const address of addresses) expect(address).toMatch(/^\/(?!\/)|^data:/)
  })

  test('allows scripts by hash or from here, never inline at large or by evaluation', () => {
    expect(policy['default-src']).toEqual(["'none'"])
    expect(policy['frame-ancestors']).toEqual(["'none'"])
    const inline = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(
      ([, source]) => `'sha256-${createHash('sha256').update(source!).digest('base64')}'`,
    )
    const scripts = policy['script-src']!.filter((source) => source !== "'self'" && source !== "'none'")
    expect(scripts).toEqual(inline)
    expect(policy['style-src']!.includes("'unsafe-inline'")).toBe(url === '/docs' || url === '/graphiql')
  })

  test('has every asset it names', async () => {
    const app = build()
    for (const [, asset] of html.matchAll(/(?:src|href)="(\/(?:docs|graphiql)\/[^"]*)"/g)) {
      expect((await app.inject(asset!)).statusCode).toBe(200)
    }
  })
})

describe('the landing page', () => {
  test('shows the commands as text', async () => {
    const { body } = await build({ commands: [`curl -d '{"a":"<b>"}' http://localhost/v1`] }).inject('/')
    expect(body).toContain('<pre>curl -d &#39;{&quot;a&quot;:&quot;&lt;b&gt;&quot;}&#39; http://localhost/v1</pre>')
  })

  test('GraphiQL can be left out', async () => {
    const app = build({ graphiql: false })
    expect((await app.inject('/')).body).not.toContain('graphiql')
    expect((await app.inject('/graphiql')).statusCode).toBe(404)
    expect((await app.inject('/graphiql/graphiql.js')).statusCode).toBe(404)
  })
})

describe('assets', () => {
  test.each([
    ['/docs/scalar.js', 'text/javascript; charset=utf-8', 'createApiReference'],
    ['/graphiql/react.js', 'text/javascript; charset=utf-8', 'createElement'],
    ['/graphiql/react-dom.js', 'text/javascript; charset=utf-8', 'createRoot'],
    ['/graphiql/graphiql.js', 'text/javascript; charset=utf-8', 'GraphiQL'],
    ['/graphiql/graphiql.css', 'text/css; charset=utf-8', 'graphiql-container'],
  ])('%s', async (url, type, content) => {
    const app = build()
    const plain = await app.inject(url)
    expect(plain.headers).toMatchObject({
      'content-type': type,
      'cache-control': 'public, no-cache',
      vary: 'accept-encoding',
    })
    expect(plain.body).toContain(content)
    const packed = await app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length)
    const again = await app.inject({ url, headers: { 'if-none-match': packed.headers.etag } })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })
})

describe('problems', () => {
  test('for programs', async () => {
    const answer = await build().inject('/problems/cycle_closed')
    expect(answer.json()).toMatchObject({
      code: 'cycle_closed',
      status: 409,
      title: 'The cycle is closed',
      reason: 'Conflict',
    })
    expect(answer.headers.vary).toBe('accept')
  })

  test('every code says what to do about it', async () => {
    const app = build()
    for (const code of problemCodes) {
      const { advice } = (await app.inject(`/problems/${code}`)).json()
      expect(advice).toMatch(/\.$/)
    }
  })

  test.each(['nothing', 'constructor', '__proto__', '%3Cscript%3E'])('an unknown one: %s', async (code) => {
    const answer = await build().inject({ url: `/problems/${code}`, headers: { accept: 'text/html' } })
    expect(answer.json()).toMatchObject({ status: 404, code: 'not_found' })
  })
})
