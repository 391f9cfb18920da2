import { isIPv6 } from 'node:net'

/**
 * What counts as one remote party: an IPv4 address, or an IPv6 /64, since a single host is given a whole one and could
 * otherwise change its address with every attempt. IPv4 written as IPv6 (`::ffff:192.0.2.1`) is IPv4.
 */
export const networkOf = (ip: string): string => {
  const address = ip.split('%', 1)[0]!
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  // An IPv4 ending stands for two groups; where it lies never matters to the first four.
  const written = before.length + after.length + (address.includes('.') ? 1 : 0)
  const groups = tail === undefined ? before : [...before, ...Array<string>(8 - written).fill('0'), ...after]
  return groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')
}
