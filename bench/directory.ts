import { isDeepStrictEqual } from 'node:util'
import { importPeople } from '../src/cli/import.run.ts'
import { connectPool } from '../src/db/pool.ts'
import { createOrganization } from '../src/modules/organization/organization.create.ts'
import { companyOf } from '../test/support/company.ts'
import { openDatabase } from './database.ts'
import { serve } from './process.ts'

/** People of the company; the first argument, 10,000 unless said. */
const size = Number(process.argv[2] ?? 10_000)
const mostOfACall = 1_000

type Item = { status: number; outcome: string; changed: string[] }

const database = await openDatabase()
const pool = connectPool({ url: database.appUrl, statementTimeout: 120_000 })
const app = await serve('app.ts', [database.appUrl])
try {
  const { apiKey } = await createOrganization(pool, { name: 'Directory' }, new Date())
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${app.url}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer).slice(0, 500)}`)
    return answer as T
  }

  const { departments, users, teams, memberships } = companyOf(size)
  // Over HTTP a set ends after 1,000 items, so managers come before those they lead.
  const parts = [
    ['departments', departments],
    ['users', users.toReversed()],
    ['teams', teams],
    ['team-memberships', memberships],
  ] as const
  const outcomes = ({ items }: { items: Item[] }) => items.map(({ outcome, changed }) => [outcome, changed])
  const send = (path: string, items: readonly object[], query = '') =>
    call<{ items: Item[] }>('POST', `${path}/batch${query}`, { items })

  const run = async (name: string, dry: boolean, expected: string) => {
    for (const [path, items] of parts) {
      const spent = { dry: 0, real: 0 }
      for (let at = 0; at < items.length; at += mostOfACall) {
        const chunk = items.slice(at, at + mostOfACall)
        const started = performance.now()
        const told = dry ? outcomes(await send(path, chunk, '?validateOnly=true')) : undefined
        spent.dry += performance.now() - started
        const sent = performance.now()
        const happened = outcomes(await send(path, chunk))
        spent.real += performance.now() - sent
        if (told && !isDeepStrictEqual(told, happened)) throw new Error(`${path}: the dry run told otherwise`)
        if (happened.some(([outcome]) => outcome !== expected)) throw new Error(`${path}: not all ${expected}`)
      }
      const tried = dry ? `, dry run ${spent.dry.toFixed(0)} ms` : ''
      console.log(`${name}: ${items.length} ${path} ${expected} in ${spent.real.toFixed(0)} ms${tried}`)
    }
  }
  await run('first run', true, 'created')
  await run('second run', false, 'unchanged')

  const stored = new Map<string, { externalId: string; managerId: string | null; departmentId: string | null }>()
  const names = new Map<string, string>()
  type Page<T> = { items: (T & { id: string; externalId: string })[]; nextCursor: string | null }
  const readAll = async <T>(path: string, each: (row: Page<T>['items'][number]) => void) => {
    for (let cursor = ''; ; ) {
      const page = await call<Page<T>>('GET', `${path}?limit=100${cursor}`)
      for (const row of page.items) each(row)
      if (!page.nextCursor) return
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
    }
  }
  await readAll('departments', ({ id, externalId }) => names.set(id, externalId))
  await readAll<{ managerId: string | null; departmentId: string }>('users', (row) => {
    names.set(row.id, row.externalId)
    stored.set(row.externalId, row)
  })
  const wrong = users.filter(({ externalId, managerExternalId, departmentExternalId }) => {
    const row = stored.get(externalId)
    const manager = row?.managerId ? names.get(row.managerId) : null
    return manager !== managerExternalId || names.get(row?.departmentId ?? '') !== departmentExternalId
  })
  console.log(`${stored.size} people read back, ${wrong.length} in the wrong place`)

  const { organizationId } = await createOrganization(pool, { name: 'File' }, new Date())
  const people = users.map(({ departmentExternalId: _department, ...item }, at) => ({
    line: at + 2,
    item,
    managerEmail: null,
  }))
  for (const [name, dryRun] of [
    ['dry run', true],
    ['import', false],
    ['import again', false],
  ] as const) {
    const started = performance.now()
    const { created, updated, unchanged } = await importPeople(pool, organizationId, people, {
      dryRun,
      now: new Date(),
    })
    const spent = (performance.now() - started).toFixed(0)
    console.log(`file, ${name}: ${created} created, ${updated} updated, ${unchanged} unchanged in ${spent} ms`)
  }
} finally {
  await app.stop()
  await pool.end()
  await database.stop()
}
