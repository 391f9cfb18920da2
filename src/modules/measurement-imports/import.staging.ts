import type { Pool } from 'pg'
import { v4, v7 } from 'uuid'
import { copyInto, copyRow } from '../../db/bulk.ts'
import type { ImportedPoint } from './import.point.ts'

const target = `measurement_staging (tenant_id, import_id, line, id, kpi_id, key, period, grain, period_start, period_end,
  span_start, value, numerator, denominator, note)`
/** Characters of one COPY: large enough that its round trips do not count, small enough to hold several. */
const portionSize = 1024 * 1024

/**
 * Where the rows of one import wait until all of it is there: an unlogged table without policies, the only kind COPY
 * writes to. `add` answers a portion to copy when one is full.
 */
export const openStaging = (pool: Pool, tenantId: string) => {
  const importId = v4()
  let text = ''
  let rows = 0
  const portion = (): string => {
    const full = text
    text = ''
    return full
  }
  return {
    importId,
    get rows() {
      return rows
    },
    add: (line: number, { kpi, key, period, value, numerator, denominator, note }: ImportedPoint): string | null => {
      rows++
      const { label, grain, start, end, spanStart } = period
      const place = [tenantId, importId, line, v7(), kpi.id, key, label, grain, start, end, spanStart] as const
      text += copyRow([...place, value, numerator, denominator, note])
      return text.length < portionSize ? null : portion()
    },
    /** Copies portions as they come, and what is left at the end. */
    copy: async (portions: AsyncIterable<string>): Promise<void> => {
      for await (const one of portions) await copyInto(pool, target, one)
      const last = portion()
      if (last !== '') await copyInto(pool, target, last)
    },
    /** Also of imports that a crash left behind. */
    clear: async (): Promise<void> => {
      await pool.query(
        `delete from measurement_staging where tenant_id = $1 and (import_id = $2 or staged_at < now() - interval '1 day')`,
        [tenantId, importId],
      )
    },
  }
}
