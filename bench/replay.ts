import { createHash } from 'node:crypto'
import type { Pool, QueryResult } from 'pg'
import { v7 } from 'uuid'
import { jsonbArray, uuidArray } from '../src/db/binary-arrays.ts'
import type { BinaryArray, Sent } from './record.ts'
import type { Leaf, Tenant } from './world.ts'

type Statement = { name: string; text: string; fill: Fill }
type Values = { ids: string[]; at: string }
type Fill = (values: Values) => unknown[]

/** What a recorded check-in did, as waves of statements: only a wave waits for the answers to the one before. */
export type Script = { waves: Statement[][]; fresh: number }

const variable = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g

/** The data needs three waves: the lock tells the instant, the readings the scores, and those are written last. */
const waveOf = ({ text }: Sent, before: number): number => {
  if (/^\s*insert into check_ins/.test(text)) return 1
  if (before === 1 && /^\s*(update|insert)/.test(text)) return 2
  return before
}

const sendable = (value: unknown): unknown => {
  const { type, elements } = (value ?? {}) as Partial<BinaryArray>
  if (!elements) return value
  return type === 'uuid' ? uuidArray(elements) : jsonbArray(elements)
}

/**
 * The same statements with the same values for any key result: ids that are known are exchanged for those of the key
 * result asked for, the others are made anew, and instants are those of this write.
 */
export const scriptOf = (sent: readonly Sent[], tenant: Tenant, leaf: Leaf): Script => {
  const ids = [tenant.id, tenant.actorId, leaf.id, ...leaf.line]
  const known = ids.length
  const fillOf = (values: unknown[]): Fill => {
    const text = JSON.stringify(values)
    const parts = text.split(variable)
    const places = [...text.matchAll(variable)].map(([found]) => {
      if (found.endsWith('Z')) return -1
      if (!ids.includes(found)) ids.push(found)
      return ids.indexOf(found)
    })
    return ({ ids: own, at }) => {
      let filled = parts[0] as string
      for (const [index, place] of places.entries()) filled += (place < 0 ? at : own[place]) + (parts[index + 1] ?? '')
      return (JSON.parse(filled) as unknown[]).map(sendable)
    }
  }
  const waves: Statement[][] = [[], [], []]
  let wave = 0
  for (const one of sent) {
    if (/^(begin|commit)/.test(one.text)) continue
    wave = waveOf(one, wave)
    const name = createHash('sha1').update(one.text).digest('hex')
    waves[wave]?.push({ name, text: one.text, fill: fillOf(one.values) })
  }
  return { waves, fresh: ids.length - known }
}

/** Plays it for `leaf`: begin rides with the first wave, commit with the last. Answers when it was recorded. */
export const play = async (pool: Pool, { waves, fresh }: Script, ids: string[]): Promise<unknown> => {
  const client = await pool.connect()
  const values = { ids: [...ids, ...Array.from({ length: fresh }, () => v7())], at: new Date().toISOString() }
  const send = (wave: Statement[]) =>
    wave.map(({ name, text, fill }) => client.query({ name, text, values: fill(values) }))
  const [locking, reading, writing] = waves as [Statement[], Statement[], Statement[]]
  try {
    const begun = client.query(`begin; set local app.tenant = '${ids[0]}'`)
    const [, ...locked] = await all([begun, ...send(locking)])
    values.at = locked.at(-1)?.rows[0].last_recorded_at
    const [inserted] = await all(send(reading))
    await all([...send(writing), client.query('commit')])
    client.release()
    return inserted?.rows[0] ?? { recordedAt: values.at }
  } catch (error) {
    client.release(true)
    throw error
  }
}

const all = (statements: Promise<QueryResult>[]): Promise<QueryResult[]> => Promise.all(statements)
