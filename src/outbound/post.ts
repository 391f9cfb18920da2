import { type Dispatcher, request } from 'undici'

export type Answered = {
  /** Null where no answer came. */
  status: number | null
  durationMs: number
  /** The first characters of the answer's body. */
  excerpt: string | null
  /** Why no answer came: a code of the network or of the guard, such as `ECONNREFUSED`, `TIMEOUT`, `ADDRESS_REFUSED`. */
  error: string | null
}

/** The answer is read to its end only up to here; the connection of a longer one is dropped. */
const answerAtMost = 64 * 1024
const excerptCharacters = 500

/**
 * Posts JSON and never throws: whatever happens is told in the answer. Redirects are answers like any other, and not
 * followed. `timeout` in milliseconds is for all of it; `signal` ends it early.
 */
export const post = async (
  dispatcher: Dispatcher,
  target: { url: string; headers: Record<string, string>; body: string; timeout: number; signal?: AbortSignal },
): Promise<Answered> => {
  const start = performance.now()
  const late = AbortSignal.timeout(target.timeout)
  const signal = target.signal ? AbortSignal.any([late, target.signal]) : late
  const outcome = (members: Omit<Answered, 'durationMs'>): Answered => ({
    ...members,
    durationMs: Math.round(performance.now() - start),
  })
  try {
    const { url, headers, body } = target
    const answer = await request(url, { dispatcher, method: 'POST', headers, body, signal })
    const excerpt = await beginningOf(answer.body)
    return outcome({ status: answer.statusCode, excerpt, error: null })
  } catch (error) {
    return outcome({ status: null, excerpt: null, error: late.aborted ? 'TIMEOUT' : codeOf(error) })
  }
}

/** Text that Postgres takes: NUL and what is no UTF-8 are replaced. */
const beginningOf = async (body: AsyncIterable<Buffer>): Promise<string | null> => {
  const parts: Buffer[] = []
  let size = 0
  // Leaving the loop destroys the stream, and the connection with it.
  for await (const part of body) {
    parts.push(part)
    size += part.length
    if (size > answerAtMost) break
  }
  const text = Buffer.concat(parts).toString('utf8').replaceAll('\u0000', '\uFFFD')
  return text === '' ? null : text.slice(0, excerptCharacters).toWellFormed()
}

/** Happy eyeballs fail with one error for all addresses; the first tells why. */
const codeOf = (error: unknown): string => {
  const { code, name, errors, cause } = error as {
    code?: unknown
    name?: unknown
    errors?: unknown[]
    cause?: { code?: unknown }
  }
  if (typeof code === 'string') return code
  if (errors?.[0]) return codeOf(errors[0])
  if (typeof cause?.code === 'string') return cause.code
  return typeof name === 'string' ? name : 'UNKNOWN'
}
