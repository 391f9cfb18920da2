import type { Pool } from 'pg'
import { parseApiKey } from '../src/auth/api-key.ts'
import { createOrganization } from '../src/modules/organization/organization.create.ts'

export type Tenant = { id: string; actorId: string; key: string }

/** A key result and the objectives above it, from its own to the top. */
export type Leaf = { id: string; line: string[] }

/** `library` is read; each of `graphs` is one root cycle of a tenant of its own. */
export type World = {
  library: Tenant & { cycleId: string; objectiveId: string; kpiId: string; from: string; to: string }
  graphs: (Tenant & { leaves: Leaf[] })[]
}

type Post = (path: string, body: unknown) => Promise<any>
type Seed = { url: string; pool: Pool }

const graphs = 16
type Shape = { levels: number; childrenEach: number }
const shape: Shape = { levels: 4, childrenEach: 4 }
/** 1 + 6 + 36 + 216: some 250 objectives. */
const scaleShape: Shape = { levels: 4, childrenEach: 6 }
const keyResultsEach = 3

const tenantOf = async ({ url, pool }: Seed, name: string): Promise<Tenant & { post: Post }> => {
  const { organizationId, apiKey } = await createOrganization(pool, { name }, new Date())
  const post: Post = async (path, body) => {
    const answer = await fetch(`${url}/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  return { id: organizationId, actorId: parseApiKey(apiKey)?.id ?? '', key: apiKey, post }
}

const idsOf = async (post: Post, path: string, items: unknown[]): Promise<string[]> => {
  const ids: string[] = []
  for (let at = 0; at < items.length; at += 1_000) {
    const answer = await post(`/${path}/batch`, { items: items.slice(at, at + 1_000) })
    ids.push(...answer.items.map(({ id }: { id: string }) => id))
  }
  return ids
}

const thisYear = () => {
  const year = new Date().getUTCFullYear()
  return { name: String(year), kind: 'year', startsOn: `${year}-01-01`, endsOn: `${year}-12-31` }
}

const keyResultsOf = (post: Post, objectiveIds: string[]): Promise<string[]> =>
  idsOf(
    post,
    'key-results',
    objectiveIds.flatMap((objectiveId) =>
      Array.from({ length: keyResultsEach }, (_, at) => ({
        objectiveId,
        title: `Measure ${at + 1}`,
        kind: 'metric',
        baseline: 0,
        target: 100,
        unit: '%',
      })),
    ),
  )

const checkInEach = (post: Post, keyResultIds: string[], times: number) =>
  idsOf(
    post,
    'check-ins',
    Array.from({ length: times }, (_, week) =>
      keyResultIds.map((keyResultId, at) => ({
        keyResultId,
        value: ((at * 7 + week * 5) % 90) + 1,
        confidence: 0.7,
        effectiveAt: new Date(Date.now() - (times - week) * 7 * 86_400_000).toISOString(),
      })),
    ).flat(),
  )

/** A KPI with a target that was measured on each of the last 1,000 days. */
const seedMeasured = async (post: Post): Promise<Pick<World['library'], 'kpiId' | 'from' | 'to'>> => {
  const { id: kpiId } = await post('/kpis', {
    code: 'TICKETS',
    name: 'Tickets solved',
    frequency: 'day',
    aggregation: 'sum',
  })
  await post(`/kpis/${kpiId}/targets`, { effectiveFrom: '2015-01-01', target: 60, redLine: 30 })
  const dayBack = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
  const items = Array.from({ length: 1_000 }, (_, at) => ({
    kpiId,
    period: dayBack(1_000 - at),
    value: ((at * 7) % 90) + 1,
  }))
  await post('/measurements/batch', { items })
  return { kpiId, from: dayBack(1_000), to: dayBack(1) }
}

/** Four cycles of 50 objectives, each with key results that were checked in on for eight weeks. */
const seedLibrary = async (seed: Seed): Promise<World['library']> => {
  const { post, ...tenant } = await tenantOf(seed, 'Library')
  const cycleIds = await idsOf(post, 'cycles', Array.from({ length: 4 }, thisYear))
  const objectiveIds = await idsOf(
    post,
    'objectives',
    cycleIds.flatMap((cycleId) =>
      Array.from({ length: 50 }, (_, at) => ({
        cycleId,
        title: `Objective ${at + 1}`,
        description: 'Customers find what they need at once and come back for more.',
        tags: ['growth', 'customers'],
      })),
    ),
  )
  await checkInEach(post, await keyResultsOf(post, objectiveIds), 8)
  const measured = await seedMeasured(post)
  return { ...tenant, ...measured, cycleId: cycleIds[0] as string, objectiveId: objectiveIds[7] as string }
}

/** A tree; the key results belong to its leaves. */
const seedGraph = async (seed: Seed, { levels, childrenEach }: Shape): Promise<World['graphs'][number]> => {
  const { post, ...tenant } = await tenantOf(seed, 'Graph')
  const { id: cycleId } = await post('/cycles', thisYear())
  let lines: string[][] = [[]]
  for (let level = 0; level < levels; level++) {
    const parents = level === 0 ? lines : lines.flatMap((line) => Array.from({ length: childrenEach }, () => line))
    const ids = await idsOf(
      post,
      'objectives',
      parents.map((_, at) => ({ cycleId, title: `Level ${level + 1}, ${at + 1}` })),
    )
    lines = parents.map((line, at) => [ids[at] as string, ...line])
    if (level > 0)
      await idsOf(
        post,
        'alignments',
        lines.map(([childObjectiveId, parentObjectiveId]) => ({ childObjectiveId, parentObjectiveId })),
      )
  }
  const keyResultIds = await keyResultsOf(
    post,
    lines.map(([id]) => id as string),
  )
  await checkInEach(post, keyResultIds, 2)
  const leaves = keyResultIds.map((id, at) => ({ id, line: lines[Math.floor(at / keyResultsEach)] as string[] }))
  return { ...tenant, leaves }
}

/** Fills the database through the API, so that what is measured is what clients would have made. */
export const seedWorld = async (seed: Seed): Promise<World> => {
  const library = await seedLibrary(seed)
  const made: World['graphs'] = []
  for (let at = 0; at < graphs; at++) made.push(await seedGraph(seed, shape))
  return { library, graphs: made }
}

/** One organization to compare with another that holds many copies of its goals. */
export const seedScale = (seed: Seed): Promise<World['graphs'][number]> => seedGraph(seed, scaleShape)
