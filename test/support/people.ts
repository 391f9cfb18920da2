import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll } from 'vitest'
import type { Role, Scope } from '../../src/auth/actor.ts'
import { scopes } from '../../src/auth/actor.ts'
import type { JwtSettings } from '../../src/auth/jwt.ts'
import type { Caller, World } from './app.ts'

export type Issuer = {
  settings: JwtSettings
  token(claims: Record<string, unknown>): Promise<string>
}

/** An issuer of tokens that publishes its key on this machine; ended with the test file. */
export const createIssuer = async (): Promise<Issuer> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const settings = {
    issuer: 'https://issuer.example',
    audience: 'headway',
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
  }
  const token = (claims: Record<string, unknown>) =>
    new SignJWT({
      iss: settings.issuer,
      aud: settings.audience,
      exp: Math.floor(Date.now() / 1_000) + 3_600,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(privateKey)
  return { settings, token }
}

export type Person = { id: string; call: Caller }

let counter = 0

/** Adds a person to the directory and signs them in. */
export const createPerson = async (
  world: World,
  issuer: Issuer,
  members: Record<string, unknown> & { roles?: Role[] } = {},
  granted: readonly Scope[] = scopes.filter((scope) => scope !== 'admin'),
): Promise<Person> => {
  const name = `person${++counter}`
  const { status, body } = await world.call('POST', '/v1/users', { userName: name, displayName: name, ...members })
  if (status !== 201) throw new Error(`no ${name}: ${JSON.stringify(body)}`)
  const token = await issuer.token({
    sub: name,
    tenant: world.organizationId,
    user_id: body.id,
    scope: granted.join(' '),
  })
  return { id: body.id, call: world.as(token) }
}
