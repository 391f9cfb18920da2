import ipaddr from 'ipaddr.js'

export type Network = ReturnType<typeof ipaddr.parseCIDR>
type Address = ReturnType<typeof ipaddr.parse>

/** `10.0.0.0/8`, or one address. Undefined where it is neither. */
export const parseNetwork = (text: string): Network | undefined => {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text)
  if (!ipaddr.isValid(text)) return undefined
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** Addresses that carry an IPv4 address inside (mapped, NAT64, 6to4) are no unicast addresses to ipaddr.js, so they fail. */
const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(globalUnicast))

/**
 * What an address is to us: `public`, `allowed` where the operator's list names it, else `refused`: private, loopback,
 * link-local, carrier-grade NAT, multicast, reserved, and whatever is no address.
 */
export const judgeAddress = (text: string, allowed: readonly Network[]): 'public' | 'allowed' | 'refused' => {
  if (!ipaddr.isValid(text)) return 'refused'
  const address = ipaddr.parse(text)
  if (allowed.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))) return 'allowed'
  return isPublic(address) ? 'public' : 'refused'
}
