import { isDeepStrictEqual } from 'node:util'
import autocannon from 'autocannon'
import { type Case, setupOf } from './cases.ts'

export type Round = { perSecond: number; p50: number; p99: number }
export type Measured = { app: Round[]; bare: Round[] }
type Servers = { app: string; bare: string }

/** Both answer the same, or the comparison would be of two different things. */
export const requireEqualAnswers = async ({ name, requests, comparable }: Case, urls: Servers): Promise<void> => {
  if (!comparable) return
  const [asked] = requests(0)
  const [app, bare] = await Promise.all(
    [urls.app, urls.bare].map(async (url) => (await fetch(`${url}${asked?.path}`, asked as RequestInit)).json()),
  )
  if (isDeepStrictEqual(bare, app)) return
  throw new Error(`${name}: the bare server answers something else\n${JSON.stringify(app)}\n${JSON.stringify(bare)}`)
}

const round = async (one: Case, url: string, seconds: number): Promise<Round> => {
  const result = await autocannon({
    url,
    connections: one.connections,
    duration: seconds,
    requests: one.requests(0),
    setupClient: setupOf(one),
  })
  const failed = result.non2xx + result.errors
  if (failed > 0) throw new Error(`${one.name}: ${failed} of ${result.requests.total} requests failed at ${url}`)
  const { p50, p99 } = result.latency
  return { perSecond: (result['2xx'] / result.duration) * one.size, p50, p99 }
}

/** The two in turn, A B A B, so that whatever else the machine does meets both. The first pair only warms up. */
export const measure = async (
  one: Case,
  urls: Servers,
  { rounds, seconds, reset }: { rounds: number; seconds: number; reset: () => Promise<void> },
): Promise<Measured> => {
  const measured: Measured = { app: [], bare: [] }
  for (let at = 0; at <= rounds; at++) {
    await reset()
    const app = await round(one, urls.app, seconds)
    if (one.bare) await reset()
    const bare = one.bare ? await round(one, urls.bare, seconds) : undefined
    if (at === 0) continue
    measured.app.push(app)
    if (bare) measured.bare.push(bare)
  }
  return measured
}

export const median = (numbers: number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = sorted.length % 2 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1)
  return (low + high) / 2
}
