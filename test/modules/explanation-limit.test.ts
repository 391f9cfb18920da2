import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { adminPool } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'

const { call, organizationId } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const goals = goalsOf(call)
const admin = adminPool()

/** Thousands of key results by the service would take longer than all other tests. */
const repeat = async (keyResultId: string, times: number): Promise<void> => {
  const { rows } = await admin.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = 'public' and table_name = 'key_results' and is_generated = 'NEVER' and column_name <> 'id'`,
  )
  const names = rows.map(({ name }) => name).join(', ')
  await admin.query(
    `insert into key_results (id, ${names}) select gen_random_uuid(), ${names} from key_results, generate_series(1, $3)
     where tenant_id = $1 and id = $2`,
    [organizationId, keyResultId, times],
  )
}

test('beyond 5,000 items the rest is merged, levels are left out, and it is said', { timeout: 60_000 }, async () => {
  const { id: cycleId } = await goals.cycle()
  const top = await goals.objective(cycleId, 'Top')
  const wide = await goals.objective(cycleId, 'Wide')
  await goals.align(wide.id, { parentObjectiveId: top.id })
  const { id } = await goals.keyResult(wide.id)
  await goals.checkIn(id, { value: 40 })
  await repeat(id, 4_999)
  const whole = await goals.read(`objectives/${wide.id}/explanation`)
  expect([whole.truncated, whole.items.length, whole.hidden.count]).toEqual([false, 5_000, 0])

  await repeat(id, 1)
  const cut = await goals.read(`objectives/${wide.id}/explanation`)
  expect(cut).toMatchObject({ truncated: true, progress: 0.4, hidden: { count: 1, weight: 1 } })
  expect(cut.items).toHaveLength(5_000)
  const sum = cut.items.reduce((all: number, item: any) => all + item.contribution, cut.hidden.contribution)
  expect(sum).toBeCloseTo(0.4, 2)

  const above = await goals.read(`objectives/${top.id}/explanation?depth=3`)
  expect(above).toMatchObject({ truncated: true, progress: 0.4, hidden: { count: 0 } })
  expect(above.items).toMatchObject([{ id: wide.id, progress: 0.4, explanation: null }])
  // One level alone is whole.
  expect((await goals.read(`objectives/${top.id}/explanation?depth=1`)).truncated).toBe(false)
})
