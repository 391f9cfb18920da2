import type { Dispatcher } from 'undici'
import type { Clock } from '../api/clock.ts'
import { post } from '../outbound/post.ts'
import { version } from '../version.ts'
import type { Ended, Leased } from './lease.ts'
import { waitAfter } from './retry.ts'
import { signedHeaders } from './signature.ts'

/** An endpoint has this long for its whole answer. */
const timeoutMilliseconds = 15_000

const gone = 410

/** Sends a delivery once. Any answer of 2xx is a success; everything else, redirects included, is a failure. */
export const tryOnce = async (
  { agent, clock, signal }: { agent: Dispatcher; clock: Clock; signal: AbortSignal },
  { id, attempt, tried, eventId, url, body, ...keys }: Leased,
): Promise<Ended> => {
  const now = clock().toISOString()
  const isRotating = keys.previousSecret !== null && (keys.previousSecretUntil ?? '') > now
  const secrets = [keys.secret, ...(isRotating ? [keys.previousSecret as string] : [])]
  const headers = {
    'content-type': 'application/json',
    'user-agent': `Headway/${version}`,
    // By the real clock: receivers compare it with theirs.
    ...signedHeaders(secrets, { id: eventId, at: Date.now(), body }),
  }
  const answer = await post(agent, { url, headers, body, timeout: timeoutMilliseconds, signal })
  if (signal.aborted && answer.status === null) return { id, attempt, outcome: 'given_back', wait: 0, record: null }

  const record = { number: attempt, at: now, ...answer }
  if (answer.status !== null && answer.status >= 200 && answer.status < 300)
    return { id, attempt, outcome: 'delivered', wait: null, record }
  if (answer.status === gone) return { id, attempt, outcome: 'gone', wait: null, record }
  return { id, attempt, outcome: 'failed', wait: waitAfter(tried, Math.random()), record }
}
