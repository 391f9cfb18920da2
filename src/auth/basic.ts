import { parseApiKey } from './api-key.ts'

/**
 * HTTP Basic for tools that know nothing else (RFC 7617): the user name is an API key up to its secret
 * (`hw_<tenant>_<id>`), the password its secret, or the whole key with any user name. Everything else is left as it is.
 */
export const bearerOf = (authorization: string | undefined): string | undefined => {
  const [, encoded] = /^Basic +([\w+/=-]+)$/i.exec(authorization ?? '') ?? []
  if (encoded === undefined) return authorization
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':')
  const password = rest.join(':')
  const key = [`${user}_${password}`, password].find((text) => parseApiKey(text))
  return key === undefined ? authorization : `Bearer ${key}`
}
