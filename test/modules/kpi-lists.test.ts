import type { PoolClient, QueryConfig } from 'pg'
import { expect, inject, test } from 'vitest'
import { direct } from '../../src/db/direct.ts'
import { createWorld } from '../support/app.ts'

const world = await createWorld()

const sent: QueryConfig[] = []
const heard = new WeakSet<object>()
world.pool.on('acquire', (client: PoolClient) => {
  if (heard.has(client)) return
  heard.add(client)
  const sending = client as unknown as { query: (config: QueryConfig, ...rest: unknown[]) => unknown }
  const { query } = sending
  sending.query = (config, ...rest) => {
    sent.push(config)
    return query.call(client, config, ...rest)
  }
})

/** What an answer was read with. */
const statementOf = async (url: string): Promise<QueryConfig> => {
  expect((await world.call('GET', url)).status).toBe(200)
  return sent.findLast(({ text }) => text?.includes('from "measurements"')) as QueryConfig
}

/** The plan Postgres has where it can follow an index: one that cannot has to sort all the same. */
const planOf = ({ text, values }: QueryConfig): Promise<string> =>
  direct(inject('appUrl'), async (client) => {
    await client.query(`begin; set local app.tenant = '${world.organizationId}';
      set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off`)
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })

test.each([
  ['', 'by id'],
  ['&sort=-id', 'by id, the newest first'],
  ['&sort=periodStart', 'by period'],
  ['&sort=-periodStart', 'by period, the newest first'],
])("a page of a KPI's measurements is read in the order of an index: kpiId=…%s", async (sort) => {
  const kpi = await world.call('POST', '/v1/kpis', { code: `L${sort}`, name: 'Listed' })
  for (const period of ['2026-01', '2025-12', '2026-02'])
    await world.call('POST', `/v1/kpis/${kpi.body.id}/measurements`, { period, value: 1 })
  const url = `/v1/measurements?kpiId=${kpi.body.id}${sort}`
  const plan = await planOf(await statementOf(url))
  expect(plan).not.toMatch(/Sort\s+\(cost/)
  expect(plan).toMatch(/tenant_id_kpi_id_/)
  const periods = (await world.call('GET', url)).body.items.map(({ period }: { period: string }) => period)
  const inOrder = sort.endsWith('periodStart') ? ['2025-12', '2026-01', '2026-02'] : ['2026-01', '2025-12', '2026-02']
  expect(periods).toEqual(sort.includes('-') ? inOrder.toReversed() : inOrder)
})
