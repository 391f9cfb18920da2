import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type JwtSettings, jwtVerifier } from '../../src/auth/jwt.ts'

const issuer = 'https://issuer.example'
const audience = 'headway'
const tenant = '01990000-0000-7000-8000-000000000001'

const newKey = async (kid: string, alg = 'ES256') => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}
type Key = Awaited<ReturnType<typeof newKey>>

/** The issuer: what it publishes, how it answers, and how often it was asked. */
const jwks = { keys: [] as object[], status: 200, asked: 0, url: '' }
const server = createServer((_request, response) => {
  jwks.asked++
  if (jwks.status === 0) return
  response.writeHead(jwks.status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: jwks.keys }))
})

let key: Key

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  jwks.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
  key = await newKey('first')
})
beforeEach(() => {
  Object.assign(jwks, { keys: [key.jwk], status: 200, asked: 0 })
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const sign = (changes: JWTPayload = {}, { signer = key, lifetime = 300 }: { signer?: Key; lifetime?: number } = {}) => {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: issuer, aud: audience, sub: 'jane', tenant, exp: now + lifetime, ...changes }
  return new SignJWT(claims).setProtectedHeader({ alg: signer.alg, kid: signer.kid }).sign(signer.privateKey)
}

const verifier = (settings: Partial<JwtSettings> = {}) =>
  jwtVerifier({ issuer, audience, jwksUrl: jwks.url, ...settings })

const refusal = async (token: string | Promise<string>, settings?: Partial<JwtSettings>) =>
  verifier(settings)(await token).then(
    () => 'accepted',
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  )

describe('accepts', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('%s', async (alg) => {
    const signer = await newKey(alg, alg)
    jwks.keys.push(signer.jwk)
    expect(await verifier()(await sign({ roles: ['member'], scope: 'okr:read' }, { signer }))).toEqual({
      tenantId: tenant,
      userId: null,
      externalId: 'jane',
      roles: ['member'],
      scopes: ['okr:read'],
    })
  })

  test('claims under other names', async () => {
    const token = await sign({ tenant: undefined, org: { id: tenant } })
    expect(await verifier({ claims: { tenant: 'org.id' } })(token)).toMatchObject({ tenantId: tenant })
  })

  test('clocks half a minute apart', async () => {
    const soon = Math.floor(Date.now() / 1000) + 20
    expect(await verifier()(await sign({}, { lifetime: -20 }))).toBeTruthy()
    expect(await verifier()(await sign({ nbf: soon }))).toBeTruthy()
  })

  test('asking the issuer once for many tokens', async () => {
    const verify = verifier()
    await Promise.all(Array.from({ length: 20 }, async () => verify(await sign())))
    expect(jwks.asked).toBe(1)
  })
})

describe('refuses', () => {
  test('another issuer', async () => {
    expect(await refusal(sign({ iss: 'https://evil.example' }))).toMatch(/^unauthenticated: .*"iss"/)
  })

  test('another audience', async () => {
    expect(await refusal(sign({ aud: 'payroll' }))).toMatch(/^unauthenticated: .*"aud"/)
  })

  test('an expired token', async () => {
    expect(await refusal(sign({}, { lifetime: -40 }))).toBe('unauthenticated: The token has expired')
  })

  test('a token that never expires', async () => {
    expect(await refusal(sign({ exp: undefined }))).toMatch(/^unauthenticated: .*"exp"/)
  })

  test('a token not yet valid', async () => {
    expect(await refusal(sign({ nbf: Math.floor(Date.now() / 1000) + 60 }))).toMatch(/^unauthenticated: .*"nbf"/)
  })

  test('no signature', async () => {
    const token = new UnsecuredJWT({ iss: issuer, aud: audience, sub: 'jane', tenant, exp: 9e9 }).encode()
    expect(await refusal(token)).toMatch(/^unauthenticated: /)
  })

  test('a public key used as a shared secret', async () => {
    const rsa = await newKey('rsa', 'RS256')
    jwks.keys.push(rsa.jwk)
    for (const secret of [await exportSPKI(rsa.publicKey), JSON.stringify(rsa.jwk)]) {
      const token = await new SignJWT({ iss: issuer, aud: audience, sub: 'jane', tenant, exp: 9e9 })
        .setProtectedHeader({ alg: 'HS256', kid: 'rsa' })
        .sign(new TextEncoder().encode(secret))
      expect(await refusal(token)).toBe('unauthenticated: The token is signed with an algorithm not accepted here')
    }
  })

  test('a signature by somebody else under a known key id', async () => {
    expect(await refusal(sign({}, { signer: await newKey('first') }))).toBe(
      'unauthenticated: The token could not be verified',
    )
  })

  test('changed claims', async () => {
    const [header, , signature] = (await sign()).split('.')
    const forged = Buffer.from(JSON.stringify({ iss: issuer, aud: audience, tenant, sub: 'boss', exp: 9e9 }))
    expect(await refusal(`${header}.${forged.toString('base64url')}.${signature}`)).toMatch(/^unauthenticated: /)
  })

  test.each(['', 'x', 'a.b.c', '..', 'hw_a_b_c', 'eyJhbGciOiJFUzI1NiJ9.bm8.bm8'])(
    'what is no token: %s',
    async (text) => {
      expect(await refusal(text)).toMatch(/^unauthenticated: /)
    },
  )
})

describe('a rotated key', () => {
  test('is fetched when first seen, but not more often than every 30 seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const verify = verifier()
    await verify(await sign())
    const next = await newKey('second')
    jwks.keys = [next.jwk]
    await expect(verify(await sign({}, { signer: next }))).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(jwks.asked).toBe(1)
    vi.setSystemTime(Date.now() + 31_000)
    expect(await verify(await sign({}, { signer: next }))).toMatchObject({ externalId: 'jane' })
    await expect(verify(await sign())).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(jwks.asked).toBe(2)
  })

  test('withdrawn by the issuer is forgotten after ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const verify = verifier()
    await verify(await sign())
    jwks.keys = []
    expect(await verify(await sign())).toBeTruthy()
    vi.setSystemTime(Date.now() + 10 * 60_000 + 1)
    await expect(verify(await sign())).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('when the issuer cannot be asked', () => {
  test.each([
    ['nobody listens', { jwksUrl: 'http://127.0.0.1:1/keys' }, 200],
    ['it fails', {}, 500],
    ['it redirects', {}, 302],
    ['it does not answer in time', { timeout: 50 }, 0],
  ])('%s', async (_, settings, status) => {
    jwks.status = status
    expect(await refusal(sign(), settings)).toBe('unavailable: The keys of the token issuer cannot be reached')
  })

  test('keys it gave before still serve', async () => {
    const verify = verifier()
    await verify(await sign())
    jwks.status = 500
    expect(await verify(await sign())).toMatchObject({ externalId: 'jane' })
  })

  test('a token that could not hold anyway is refused without asking', async () => {
    jwks.status = 500
    expect(await refusal('x.y.z')).toMatch(/^unauthenticated: /)
    expect(jwks.asked).toBe(0)
  })
})
