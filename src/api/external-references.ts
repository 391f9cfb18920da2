import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { run } from '../db/statement.ts'
import { among } from './among.ts'
import { type Entry, membersOf, withMembers } from './entries.ts'
import { located } from './located.ts'
import type { Context } from './operation.ts'
import { inputProblem } from './problem.ts'
import type { Resource } from './resource.ts'
import { columnOf, readable, readValues, sightIn } from './select.ts'
import type { Row } from './store.ts'

/** A reference that may be given by the other row's external id: `managerExternalId` in the place of `managerId`. */
type Link = { key: string; external: string; targetOf: (members: Row) => Resource | undefined }

const linksOf = ({ belongsTo = {}, polymorphic = {} }: Resource): Link[] => [
  ...Object.values(belongsTo).map(({ key, to }) => ({ key, external: externalNameOf(key), targetOf: to })),
  ...Object.values(polymorphic).map(({ type, key, to }) => ({
    key,
    external: externalNameOf(key),
    targetOf: (members: Row) => to()[String(members[type])],
  })),
]

const externalNameOf = (key: string): string => key.replace(/Id$/, 'ExternalId')

/** What a sync input takes beside the references among its members: one rule for the references of every resource. */
export const externalMembers = (resource: Resource, members: object): Record<string, z.ZodType> =>
  Object.fromEntries(
    linksOf(resource)
      .filter(({ key }) => key in members)
      .map(({ key, external }) => [
        external,
        z
          .string()
          .trim()
          .min(1)
          .max(200)
          .nullable()
          .optional()
          .meta({ description: `\`${key}\`, named by the other's external id; it may stand in the same batch.` }),
      ]),
  )

/**
 * Entries with every `…ExternalId` replaced by the id of the row that carries it: one of the same set (`ids` holds the
 * ids its rows have or will have), else a stored one the caller may see. One statement per resource pointed to.
 * Throws 422 `reference_not_found`, and `invalid_input` where both names of one reference are given.
 */
export const resolveReferences = async (
  ctx: Context,
  resource: Resource,
  entries: readonly Entry[],
  ids: readonly string[],
): Promise<readonly Entry[]> => {
  const links = linksOf(resource)
  const uses = entries.flatMap((entry, index) => {
    const members = membersOf(entry)
    return links.flatMap((link) => (link.external in members ? [{ index, link, members }] : []))
  })
  if (uses.length === 0) return entries

  const wanted = new Map<Resource, Set<string>>()
  for (const { index, link, members } of uses) {
    const target = await located(entries.length, index, async () => judged(link, members))
    if (!target) continue
    wanted.set(target, (wanted.get(target) ?? new Set()).add(members[link.external] as string))
  }
  const known = new Map(
    await Promise.all([...wanted].map(async ([target, names]) => [target, await stored(ctx, target, names)] as const)),
  )
  const own = known.get(resource)
  for (const [index, entry] of entries.entries()) {
    const name = membersOf(entry)['externalId']
    if (typeof name === 'string') own?.set(name, ids[index] as string)
  }

  const resolved = entries.map((entry) => ({ ...membersOf(entry) }))
  for (const { index, link, members } of uses) {
    const name = members[link.external] as string | null
    const target = link.targetOf(members)
    const id = name === null || !target ? null : known.get(target)?.get(name)
    if (id === undefined)
      await located(entries.length, index, async () => {
        const message = `there is no ${target?.name} of the external id ${name}`
        throw inputProblem('reference_not_found', `/${link.external}`, message)
      })
    const row = resolved[index] as Row
    delete row[link.external]
    row[link.key] = id
  }
  return entries.map((entry, index) => withMembers(entry, resolved[index] as Row))
}

/** The resource a use points into; undefined where it points nowhere. */
const judged = ({ key, external, targetOf }: Link, members: Row): Resource | undefined => {
  if (members[key] !== undefined) throw inputProblem('invalid_input', `/${external}`, `give ${key} or ${external}`)
  if (members[external] === null) return undefined
  const target = targetOf(members)
  if (!target) throw inputProblem('invalid_input', `/${external}`, 'say of what kind it is in the same item')
  return target
}

const stored = async (ctx: Context, target: Resource, names: ReadonlySet<string>): Promise<Map<string, string>> => {
  const externalId = columnOf(target, 'externalId')
  const rows = await run<{ id: string; externalId: string }>(
    ctx.db,
    sql`select ${columnOf(target, 'id')} as id, ${externalId} as "externalId" from ${target.table}
      where ${readable(target, sightIn(ctx, target))} and ${among(externalId, 'names', names.size)}`,
    { ...readValues(ctx), names: [...names] },
  )
  return new Map(rows.map((row) => [row.externalId, row.id]))
}
