import type { Pool } from 'pg'
import { pino } from 'pino'
import type { Request } from '../api/context.ts'
import { execute } from '../api/execute.ts'
import { createGathering } from '../api/gather.ts'
import { unheard } from '../api/journal.ts'
import { newId } from '../api/new-id.ts'
import { openApiOf } from '../api/openapi.ts'
import { Problem } from '../api/problem.ts'
import { unworked } from '../api/queue.ts'
import { serializersOf } from '../api/serialize.ts'
import { createTurns } from '../api/turns.ts'
import { bulkOf } from '../api/writes.ts'
import { query } from '../db/statement.ts'
import { openTransaction } from '../db/transaction.ts'
import { modules } from '../modules/index.ts'
import { createKey } from '../modules/organization/organization.create.ts'
import { userWrites } from '../modules/users/user.writes.ts'
import { version } from '../version.ts'
import type { PersonLine } from './import.people.ts'
import { revokeKey } from './key.queries.ts'

type Outcome = 'created' | 'updated' | 'unchanged'
type Item = { outcome: Outcome; changed: string[] }
export type ImportReport = Record<Outcome, number> & {
  items: ({ line: number; externalId: string } & Item)[]
}

/** The batch of people, for files: one set in one transaction, so that a dry run meets what the import will meet. */
const mostPeople = 50_000
const importUsers = { ...bulkOf(userWrites, mostPeople), name: 'importUsers' }

/**
 * Carries people into the directory through the door, by the rules of `POST /v1/users/batch`: managers may stand
 * anywhere in the file. Speaks as a key made for it, which is revoked when it is done. All or nothing.
 */
export const importPeople = async (
  pool: Pool,
  organizationId: string,
  people: readonly PersonLine[],
  { dryRun, now }: { dryRun: boolean; now: Date },
): Promise<ImportReport> => {
  const known = await readOrganization(pool, organizationId, people)
  const inFile = new Map(people.map(({ item }) => [String(item['email']).toLowerCase(), item['externalId'] as string]))
  const items = people.map((person) => withManager(person, inFile, known.byEmail))
  const key = { name: 'headway import users', role: 'integration', scopes: ['directory:write'] } as const
  // A dry run stores nothing, not even who asked.
  const actorId = dryRun ? newId() : (await createKey(pool, organizationId, key, now)).id
  const request: Request = {
    house: {
      pool,
      bulk: pool,
      clock: () => now,
      serializers: serializersOf(openApiOf(modules, version)),
      turn: createTurns(1),
      gather: createGathering(),
      networks: [],
      exportBytes: Infinity,
      forget: () => {},
      closing: new AbortController().signal,
      journal: unheard,
      queue: unworked,
    },
    actor: {
      kind: 'api_key',
      id: actorId,
      tenantId: organizationId,
      userId: null,
      roles: [key.role],
      scopes: key.scopes,
    },
    organization: known.organization,
    log: pino({ level: 'silent' }),
    id: newId(),
  }
  try {
    const wishes = dryRun ? { validateOnly: true } : {}
    const { output } = await execute(importUsers, request, { input: { items } }, wishes)
    return reportOf(people, (output as { items: Item[] }).items)
  } catch (error) {
    throw withLines(error, people)
  } finally {
    if (!dryRun) await revokeKey(pool, organizationId, actorId, now)
  }
}

type Known = { organization: Request['organization']; byEmail: Map<string, string> }

/** What the import builds on, and who is known by an address that managers are named by. */
const readOrganization = async (pool: Pool, id: string, people: readonly PersonLine[]): Promise<Known> => {
  const emails = [...new Set(people.flatMap(({ managerEmail }) => managerEmail?.toLowerCase() ?? []))]
  const transaction = await openTransaction(pool, id, 'snapshot')
  try {
    const [[organization], managers] = await Promise.all([
      query<{ timeZone: string; secret: string }>(
        transaction.db,
        'import_organization',
        'select time_zone as "timeZone", secret from organizations where tenant_id = $1',
        [id],
      ),
      query<{ id: string; email: string }>(
        transaction.db,
        'import_managers',
        `select id, lower(email) as email from users where tenant_id = $1 and lower(email) = any($2) and deleted_at is null
         order by active, id desc`,
        [id, emails],
      ),
    ])
    await transaction.commit()
    if (!organization) throw new Error(`There is no organization ${id}.`)
    return {
      organization: { id, ...organization },
      byEmail: new Map(managers.map((manager) => [manager.email, manager.id])),
    }
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

/** Managers named by their address: somebody of the file first, else somebody of the directory. */
const withManager = (
  { line, item, managerEmail }: PersonLine,
  inFile: ReadonlyMap<string, string>,
  byEmail: ReadonlyMap<string, string>,
): Record<string, unknown> => {
  if (managerEmail === null) return item
  const wanted = managerEmail.toLowerCase()
  const managerExternalId = inFile.get(wanted)
  if (managerExternalId !== undefined) return { ...item, managerExternalId }
  const managerId = byEmail.get(wanted)
  if (!managerId) throw new Error(`line ${line}: there is nobody of the address ${managerEmail}`)
  return { ...item, managerId }
}

const reportOf = (people: readonly PersonLine[], answers: readonly Item[]): ImportReport => {
  const items = people.map(({ line, item }, at) => {
    const { outcome, changed } = answers[at] as Item
    return { line, externalId: item['externalId'] as string, outcome, changed }
  })
  const count = (wanted: Outcome) => items.filter(({ outcome }) => outcome === wanted).length
  return { created: count('created'), updated: count('updated'), unchanged: count('unchanged'), items }
}

const faultsTold = 20

/** A problem in the words of the file: lines instead of places in the batch. */
const withLines = (error: unknown, people: readonly PersonLine[]): unknown => {
  if (!(error instanceof Problem)) return error
  const lines = error.errors.map(({ pointer, message }) => {
    const [, at, rest = ''] = /^\/items\/(\d+)(.*)$/.exec(pointer) ?? []
    const line = at === undefined && people.length === 1 ? people[0]?.line : people[Number(at)]?.line
    return `line ${line ?? '?'}: ${rest ? `${rest.slice(1)}: ` : ''}${message}`
  })
  if (lines.length === 0) return error
  const more = lines.length > faultsTold ? `\n… and ${lines.length - faultsTold} more` : ''
  return new Error(`Nothing was imported.\n${lines.slice(0, faultsTold).join('\n')}${more}`, { cause: error })
}
