import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { Problem } from '../api/problem.ts'
import { type ClaimNames, type Claims, mapClaims } from './claims.ts'

/** Asymmetric only: with a symmetric algorithm a public key could be passed off as the shared secret. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']

export type JwtSettings = {
  issuer: string
  audience: string | string[]
  jwksUrl: string
  /** Names of the claims to read, where the issuer's differ from the defaults. */
  claims?: Partial<ClaimNames>
  /** Milliseconds to wait for the issuer's keys. */
  timeout?: number
  now?: () => Date
}

/**
 * Reads who asks from a token of the configured issuer. Throws `unauthenticated` when the token does not hold, and
 * `unavailable` when the issuer's keys cannot be had. Keys are kept for 10 minutes and looked up again at an unknown
 * key id, though at most every 30 seconds; clocks may differ by 30 seconds.
 */
export const jwtVerifier = (settings: JwtSettings): ((token: string) => Promise<Claims>) => {
  const { issuer, audience, jwksUrl, timeout = 5_000, now = () => new Date() } = settings
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: 10 * 60_000,
    cooldownDuration: 30_000,
    timeoutDuration: timeout,
  })
  // Which failures are the issuer's and which the token's is told apart where they arise, not by their class.
  const issuerKeys: JWTVerifyGetKey = async (header, token) => {
    try {
      return await keys(header, token)
    } catch (cause) {
      if (isAboutTheToken(cause)) throw cause
      throw new Problem('unavailable', 'The keys of the token issuer cannot be reached', { cause, retryAfter: 5 })
    }
  }

  return async (token) => {
    const verified = jwtVerify(token, issuerKeys, {
      algorithms,
      issuer,
      audience,
      clockTolerance: 30,
      currentDate: now(),
      requiredClaims: ['exp'],
    })
    const payload = await verified.then(
      (result): JWTPayload => result.payload,
      (error: unknown) => {
        throw error instanceof Problem ? error : new Problem('unauthenticated', explain(error), { cause: error })
      },
    )
    return mapClaims(payload, settings.claims)
  }
}

const isAboutTheToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

const explain = (error: unknown): string => {
  if (error instanceof errors.JWTExpired) return 'The token has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `The token's claim "${error.claim}" is not acceptable`
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is signed with an algorithm not accepted here'
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed with a key its issuer does not publish'
  return 'The token could not be verified'
}
