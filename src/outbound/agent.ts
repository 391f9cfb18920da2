import { type LookupAddress, type LookupAllOptions, lookup as lookUp } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { judgeAddress, type Network } from './address.ts'

/** The connection was not made: the name stands for an address nobody outside should reach. */
export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED'
}

export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const requireGood = (addresses: readonly string[], allowed: readonly Network[], isPlain: boolean): void => {
  if (addresses.length === 0) throw new AddressRefused('resolves to nothing')
  for (const address of addresses) {
    const judged = judgeAddress(address, allowed)
    if (judged === 'refused') throw new AddressRefused('resolves into a private or special network')
    if (judged === 'public' && isPlain) throw new AddressRefused('is public and must be https')
  }
}

/**
 * Connects to the outside only. The name is resolved once, every address of the answer is judged, and the socket goes to
 * one of just these: a name that answers differently the second time (DNS rebinding) gains nothing. One bad address
 * among good ones refuses them all.
 */
export const guardedAgent = (allowed: readonly Network[], resolve: Resolve = lookUp): Agent => {
  const guarded =
    (isPlain: boolean): LookupFunction =>
    (hostname, options, answer) =>
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return answer(error, '', 0)
        try {
          requireGood(
            addresses.map(({ address }) => address),
            allowed,
            isPlain,
          )
        } catch (refused) {
          return answer(refused as NodeJS.ErrnoException, '', 0)
        }
        if (options.all) return answer(null, addresses)
        const [first] = addresses as [LookupAddress]
        return answer(null, first.address, first.family)
      })
  const connectors = new Map(
    [true, false].map((isPlain) => [
      isPlain,
      buildConnector({
        timeout: 10_000,
        lookup: guarded(isPlain),
        autoSelectFamily: true,
      } as buildConnector.BuildOptions),
    ]),
  )
  return new Agent({
    // One request at a time on a connection: a slow answer holds nobody else up.
    pipelining: 1,
    maxHeaderSize: 16 * 1024,
    connect: (options, answer) => {
      const isPlain = options.protocol === 'http:'
      const host = options.hostname.replace(/^\[|\]$/g, '')
      try {
        // An address is not looked up, so the look-up would not judge it.
        if (isIP(host) !== 0) requireGood([host], allowed, isPlain)
      } catch (refused) {
        return answer(refused as Error, null)
      }
      return connectors.get(isPlain)?.(options, answer)
    },
  })
}
