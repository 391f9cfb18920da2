import { randomFillSync } from 'node:crypto'
import type { Pool } from 'pg'
import { v4, v7 } from 'uuid'
import { copyInto, copyText } from '../../db/bulk.ts'
import type { ParsedPeriod } from '../../scoring/index.ts'
import type { ImportedPoint } from './import.point.ts'

const target = `measurement_staging (tenant_id, import_id, line, id, kpi_id, key, period, grain, period_start, period_end,
  span_start, value, numerator, denominator, note)`
/** Characters of one COPY: large enough that its round trips do not count, small enough to hold several. */
const portionSize = 1024 * 1024

/** Ids of one instant in their order, which indexes like; random bytes are taken many at once. */
const idsInOrder = (): (() => string) => {
  const random = Buffer.alloc(16 * 1024)
  const msecs = Date.now()
  let seq = 0
  let at = random.length
  return () => {
    if (at === random.length) {
      randomFillSync(random)
      at = 0
    }
    at += 16
    return v7({ msecs, seq: seq++, random: random.subarray(at - 16, at) })
  }
}

/** Periods are read once for many rows, so they are written once, too. */
const periodTexts = new WeakMap<ParsedPeriod, string>()
const periodText = (period: ParsedPeriod): string => {
  let text = periodTexts.get(period)
  if (text === undefined) {
    const { label, grain, start, end, spanStart } = period
    text = [label, grain, start, end, spanStart].map(copyText).join('\t')
    periodTexts.set(period, text)
  }
  return text
}

/**
 * Where the rows of one import wait until all of it is there: an unlogged table without policies, the only kind COPY
 * writes to. `add` answers a portion to copy when one is full.
 */
export const openStaging = (pool: Pool, tenantId: string) => {
  const importId = v4()
  const head = `${tenantId}\t${importId}\t`
  const nextId = idsInOrder()
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
      text += `${head}${line}\t${nextId()}\t${kpi.id}\t${copyText(key)}\t${periodText(period)}\t${copyText(value)}\t${copyText(numerator)}\t${copyText(denominator)}\t${copyText(note)}\n`
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
