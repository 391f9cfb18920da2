import { filter as matcherOf } from 'scim2-parse-filter'
import { applyEntries } from '../api/apply.ts'
import type { Entry } from '../api/entries.ts'
import type { Context } from '../api/operation.ts'
import { narrowed } from '../api/writes.ts'
import { teamMembershipInputs } from '../modules/team-memberships/team-membership.resource.ts'
import { teamMembershipWrites } from '../modules/team-memberships/team-membership.writes.ts'
import { teamInputs } from '../modules/teams/team.resource.ts'
import { teamWrites } from '../modules/teams/team.writes.ts'
import type { Members } from './body.ts'
import { ScimProblem } from './error.ts'
import { type GroupRow, membershipsOf } from './group.queries.ts'
import { parseFilter } from './parse-filter.ts'
import { stepsOf } from './paths.ts'
import { groupType } from './schema.ts'
import { plain, unversioned } from './transaction.ts'

/** A group as a client wants it: the team's own members, and the ids of the people in it. */
export type Group = { displayName: unknown; externalId: unknown; people: Set<string> }

/** A group in canonical form as it is wanted. Throws `invalidValue` for members that are no people. */
export const groupOf = ({ displayName, externalId, members }: Members): Group => ({
  displayName,
  externalId,
  people: new Set(((members ?? []) as Members[]).map(idIn)),
})

const idIn = ({ value, type }: Members): string => {
  if (typeof type === 'string' && type.toLowerCase() !== 'user')
    throw new ScimProblem('invalidValue', 'members: groups within groups are not supported')
  if (typeof value !== 'string') throw new ScimProblem('invalidValue', 'members: a value is expected')
  return value.toLowerCase()
}

/**
 * The group after the operations of a PATCH body. Members are a set, however many: one is added or removed without
 * reading through the others, whether the path chooses it or, as Entra ID has it, the value names it.
 */
export const patchedGroup = (row: GroupRow, people: ReadonlySet<string>, body: unknown): Group => {
  const group: Group = { displayName: row.name, externalId: row.externalId, people: new Set(people) }
  for (const { op, attribute, filter, sub, value } of stepsOf(groupType, body)) {
    if (attribute.name !== 'members') {
      Object.assign(group, { [attribute.name]: op === 'remove' ? null : value })
      continue
    }
    if (filter !== undefined && (op !== 'remove' || sub))
      throw new ScimProblem('invalidPath', 'members: only removals choose members by a filter')
    if (filter !== undefined) {
      for (const id of chosen(row, group.people, filter)) group.people.delete(id)
      continue
    }
    const named = ((value ?? []) as Members[]).map(idIn)
    if (op === 'replace' || (op === 'remove' && value === undefined)) group.people.clear()
    for (const id of named) {
      if (op === 'remove') group.people.delete(id)
      else group.people.add(id)
    }
  }
  return group
}

const chosen = ({ members }: GroupRow, people: ReadonlySet<string>, text: string): string[] => {
  const matches = matcherOf(parseFilter(text))
  const names = new Map((members ?? []).map(({ value, display }) => [value, display]))
  return [...people].filter((value) => matches({ value, display: names.get(value), type: 'User' }))
}

/** Adds a team with its people. Answers the id. */
export const addGroup = async (ctx: Context, group: Group): Promise<string> => {
  const create = narrowed(teamInputs.create, fieldsOf(group))
  const [change] = await applyEntries(unversioned(ctx), plain(teamWrites), [{ create }])
  const id = change?.after['id'] as string
  await putPeople(ctx, id, new Map(), group.people)
  return id
}

/** Makes a team what is wanted; whoever is in it already is left alone. */
export const changeGroup = async (
  ctx: Context,
  id: string,
  memberships: ReadonlyMap<string, string>,
  group: Group,
): Promise<void> => {
  const update = narrowed(teamInputs.update, fieldsOf(group))
  await applyEntries(unversioned(ctx), plain(teamWrites), [{ update, id }])
  await putPeople(ctx, id, memberships, group.people)
}

/** Deletes a team and its memberships; with goals of its own it stays: 409 `has_dependents`. */
export const removeGroup = async (ctx: Context, id: string): Promise<void> => {
  await putPeople(ctx, id, await membershipsOf(ctx, id), new Set())
  await applyEntries(unversioned(ctx), plain(teamWrites), [{ delete: true, id }])
}

const fieldsOf = ({ displayName, externalId }: Group) => ({
  name: displayName ?? undefined,
  externalId: externalId ?? null,
})

const putPeople = async (
  ctx: Context,
  teamId: string,
  memberships: ReadonlyMap<string, string>,
  people: ReadonlySet<string>,
): Promise<void> => {
  const joining = [...people].filter((userId) => !memberships.has(userId))
  const leaving = [...memberships].filter(([userId]) => !people.has(userId))
  const entries: Entry[] = [
    ...joining.map((userId) => ({ create: narrowed(teamMembershipInputs.create, { teamId, userId }) })),
    ...leaving.map(([, id]) => ({ delete: true, id }) as const),
  ]
  await applyEntries(unversioned(ctx), plain(teamMembershipWrites), entries)
}
