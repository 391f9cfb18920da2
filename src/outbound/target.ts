import { isIP } from 'node:net'
import { judgeAddress, type Network } from './address.ts'

/** Other services' ports begin below; from here on and at these two, HTTP is at home. */
const firstFreePort = 1024
const httpPorts = [80, 443]

/** Names that mean this machine or this network wherever they are looked up. */
const inside = /^[^.]+$|(^|\.)(localhost|local|localdomain|internal|intranet|lan|home\.arpa)$/

/**
 * Why a URL cannot be a target, judged by its text alone; null when it may be tried. `new URL` has turned odd spellings of
 * addresses (decimal, octal, hexadecimal, full-width, short) into the usual one. What a name resolves to is judged when
 * a connection is made (agent.ts). Plain `http` is for networks the operator allows.
 */
export const targetFault = (text: string, allowed: readonly Network[]): string | null => {
  if (!URL.canParse(text)) return 'is no URL'
  const { protocol, username, password, hostname, port } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https://'
  if (username !== '' || password !== '') return 'must not hold a user name or password'
  if (port !== '' && !httpPorts.includes(Number(port)) && Number(port) < firstFreePort)
    return `must not point to port ${port}`
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) {
    const judged = judgeAddress(host, allowed)
    if (judged === 'refused') return 'must not point into a private or special network'
    return protocol === 'http:' && judged === 'public' ? 'must begin with https://' : null
  }
  if (allowed.length > 0) return null
  if (inside.test(host.replace(/\.$/, '').toLowerCase())) return 'must not point into a private network'
  return protocol === 'http:' ? 'must begin with https://' : null
}
