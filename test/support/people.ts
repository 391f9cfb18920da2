import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll } from 'vitest'
import { type Role, scopes } from '../../src/auth/actor.ts'
import type { JwtSettings } from '../../src/auth/jwt.ts'

/** An issuer of tokens on the loopback: lets people of an organization speak for themselves. */
export const createIssuer = async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256' }
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  afterAll(() => server.close())
  const settings: JwtSettings = {
    issuer: 'https://issuer.example',
    audience: 'headway',
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  }
  const token = (tenant: string, userId: string, roles: readonly Role[] = ['member']): Promise<string> =>
    new SignJWT({
      tenant,
      user_id: userId,
      roles: [...roles],
      scope: scopes.filter((each) => each !== 'admin').join(' '),
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'test' })
      .setIssuer('https://issuer.example')
      .setAudience('headway')
      .setExpirationTime('1h')
      .sign(privateKey)
  return { settings, token }
}
