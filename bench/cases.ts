import type { Asked, Client } from 'autocannon'
import type { World } from './world.ts'

export type Case = {
  name: string
  says: string
  /** The least share of the bare server's speed, or the least number of check-ins a second. */
  target: { ratio: number } | { perSecond: number }
  connections: number
  /** Check-ins in one request. */
  size: number
  /** Requests of the connection made as the `at`-th. */
  requests: (at: number) => Asked[]
  /** Whether both answer the same, which is compared before it is measured. */
  comparable: boolean
  bare: boolean
}

const query = `query ($cycle: [ID!]) { objectives(cycleId: $cycle, first: 50) { nodes { id title state progress
  keyResults(first: 10) { nodes { id title kind progress lastCheckIn { id value confidence effectiveAt } } } } } }`

const headersOf = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' })

/** Never the value the key result had before, or nothing would change and nothing cascade. */
const valueOf = (at: number, pass: number): number => ((at * 7 + pass * 37) % 89) + 1.5

/** Each key result of the graph in turn, beginning at another one on each connection. */
const checkIns = ({ key, leaves }: World['graphs'][number], from: number): Asked[] =>
  [0, 1].flatMap((pass) =>
    leaves.map((_, index) => {
      const at = (index + from) % leaves.length
      return {
        method: 'POST',
        path: `/v1/key-results/${leaves[at]?.id}/check-ins`,
        headers: headersOf(key),
        body: JSON.stringify({ value: valueOf(at, pass + from), confidence: 0.5 + pass / 10 }),
      }
    }),
  )

const batches = ({ key, leaves }: World['graphs'][number]): Asked[] =>
  [0, 1].map((pass) => ({
    method: 'POST',
    path: '/v1/check-ins/batch',
    headers: headersOf(key),
    body: JSON.stringify({
      items: Array.from({ length: 1_000 }, (_, at) => ({
        keyResultId: leaves[at % leaves.length]?.id,
        value: valueOf(at, pass),
        confidence: 0.5 + pass / 10,
      })),
    }),
  }))

export const casesOf = ({ library, graphs }: World): Case[] => {
  const graph = (at: number) => graphs[at % graphs.length] as World['graphs'][number]
  const headers = headersOf(library.key)
  const read = { connections: 16, size: 1, comparable: true, bare: true }
  const write = { connections: 16, size: 1, comparable: false, bare: true }
  return [
    {
      ...read,
      name: 'get',
      says: 'one objective',
      target: { ratio: 0.45 },
      requests: () => [{ path: `/v1/objectives/${library.objectiveId}`, headers }],
    },
    {
      ...read,
      name: 'list',
      says: '50 objectives',
      target: { ratio: 0.5 },
      requests: () => [{ path: `/v1/objectives?cycleId=${library.cycleId}&limit=50`, headers }],
    },
    {
      ...read,
      name: 'graphql',
      says: '50 objectives, their key results, the last check-in of each',
      target: { ratio: 0.4 },
      requests: () => [
        {
          method: 'POST',
          path: '/graphql',
          headers,
          body: JSON.stringify({ query, variables: { cycle: [library.cycleId] } }),
        },
      ],
    },
    {
      ...read,
      name: 'series',
      says: '1,000 days of a KPI, judged by its target',
      target: { ratio: 0.75 },
      requests: () => [{ path: `/v1/kpis/${library.kpiId}/series?from=${library.from}&to=${library.to}`, headers }],
    },
    {
      ...write,
      name: 'check-in',
      says: 'a check-in with a cascade of four levels, in 16 graphs',
      target: { ratio: 0.5 },
      requests: (at) => checkIns(graph(at), at * 11),
    },
    {
      ...write,
      name: 'hot',
      says: 'the same, all in one graph',
      target: { perSecond: 400 },
      requests: (at) => checkIns(graph(0), at * 11),
    },
    {
      ...write,
      name: 'batch',
      says: '1,000 check-ins a request, in one graph',
      target: { perSecond: 10_000 },
      connections: 2,
      size: 1_000,
      bare: false,
      requests: () => batches(graph(1)),
    },
  ]
}

/** Gives each connection requests of its own. */
export const setupOf = ({ requests }: Case): ((client: Client) => void) => {
  let at = 0
  return (client) => client.setRequests(requests(at++))
}
