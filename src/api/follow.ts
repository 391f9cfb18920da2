import type { Request } from './context.ts'
import { execute } from './execute.ts'
import type { AnyOperation } from './operation.ts'

/** A page of a feed: what to tell, and where to go on. */
export type Page = { items: Record<string, unknown>[]; nextCursor: string }

export type Following = {
  /** The feed: a patient operation whose input has `after`. */
  operation: AnyOperation
  /** Who reads, asked before each page: a credential may end, or lose rights, while its bearer listens. */
  request: () => Promise<Request>
  input: Record<string, unknown>
  /** The longest time without a page, even an empty one. */
  heartbeatMilliseconds: number
  signal: AbortSignal
}

/**
 * A feed without end, page by page through the door, each when the one before has been taken: a slow reader costs nothing
 * but its place. Begins behind what there is unless `after` says where. Ends with `signal`; throws when the credential has
 * ended or the input is not acceptable.
 */
export async function* follow({ operation, request, input, heartbeatMilliseconds, signal }: Following) {
  let after = input['after'] ?? 'latest'
  const first = await request()
  const watch = first.house.journal.watch(first.actor.tenantId)
  try {
    for (let own = first; !signal.aborted; own = await request()) {
      const { output } = await execute(operation, own, { ...input, after })
      const found = output as Page
      const isNews = found.nextCursor !== after
      after = found.nextCursor
      yield found
      if (!isNews) await watch.next(heartbeatMilliseconds, signal)
    }
  } finally {
    watch.close()
  }
}
