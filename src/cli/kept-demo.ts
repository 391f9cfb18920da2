import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Pool } from 'pg'
import { createDemo, type Demo } from '../demo/demo.ts'
import { note } from './output.ts'

const fileOf = (folder: string) => path.join(folder, 'demo.json')

/** Null where its making was begun and not finished; undefined where there never was one. */
const read = async (folder: string): Promise<Demo | null | undefined> => {
  const text = await readFile(fileOf(folder), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : (JSON.parse(text) as Demo | null)
}

/** Beside and renamed, because a kill must not leave half a file; for its owner only, because it holds a key. */
const keep = async (folder: string, demo: Demo | null): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const beside = `${fileOf(folder)}.${process.pid}`
  await writeFile(beside, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600, flush: true })
  await rename(beside, fileOf(folder))
}

/**
 * The demo organization of the folder's own database with its key: the one made at an earlier start, or a new one where
 * the database is empty or the first attempt was cut short. Undefined where somebody began with organizations of their own.
 */
export const demoOfFolder = async (pool: Pool, folder: string, now: Date): Promise<Demo | undefined> => {
  const kept = await read(folder)
  const { rows } = await pool.query<{ known: boolean; any: boolean }>(
    'select exists (select from tenants where id = $1) as known, exists (select from tenants) as any',
    [kept?.organizationId ?? null],
  )
  if (kept && rows[0]?.known) return kept
  if (kept !== null && rows[0]?.any) return undefined
  await keep(folder, null)
  const demo = await createDemo(pool, { now, log: note })
  await keep(folder, demo)
  return demo
}
