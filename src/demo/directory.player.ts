import { departments, people, teams } from './people.ts'
import { idIn, type Player } from './player.ts'

export type Directory = { people: Map<string, string>; departments: Map<string, string>; teams: Map<string, string> }

/** Groups rows so that everything a row refers to stands in an earlier group: a batch cannot refer to itself. */
const byLevel = <T>(rows: readonly T[], keyOf: (row: T) => string, parentOf: (row: T) => string | null): T[][] => {
  const depths = new Map<string, number>()
  for (const row of rows) {
    const parent = parentOf(row)
    depths.set(keyOf(row), parent === null ? 0 : (depths.get(parent) ?? 0) + 1)
  }
  return [...Map.groupBy(rows, (row) => depths.get(keyOf(row)) ?? 0).values()]
}

const userNameOf = (name: string): string =>
  name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(' ', '.')

/** Departments, people with their managers, then who leads what and who works where. */
export const playDirectory = async ({ batch }: Player): Promise<Directory> => {
  const directory: Directory = { people: new Map(), departments: new Map(), teams: new Map() }
  const learn = (known: Map<string, string>, ids: Map<string, string>) => {
    for (const [key, id] of ids) known.set(key, id)
  }
  const { people: persons, departments: units } = directory

  for (const level of byLevel(
    departments,
    ([key]) => key,
    ([, , parent]) => parent,
  )) {
    const rows = level.map(([key, name, parent]) => ({
      key,
      row: { externalId: key, name, parentId: parent && idIn(units, parent) },
    }))
    learn(units, await batch('departments', rows))
  }
  for (const level of byLevel(
    people,
    ([key]) => key,
    ([, , , manager]) => manager,
  )) {
    const rows = level.map(([key, displayName, title, manager, department]) => ({
      key,
      row: {
        externalId: key,
        userName: userNameOf(displayName),
        email: `${userNameOf(displayName)}@larkfield.example`,
        displayName,
        title,
        managerId: manager && idIn(persons, manager),
        departmentId: idIn(units, department),
        roles: people.some(([, , , above]) => above === key) ? ['member', 'manager'] : ['member'],
      },
    }))
    learn(persons, await batch('users', rows))
  }
  const leads = departments.map(([key, , , lead]) => ({
    key,
    row: { id: idIn(units, key), leadId: idIn(persons, lead) },
  }))
  await batch('departments', leads)
  const crews = teams.map(([key, name, kind, lead]) => ({
    key,
    row: { externalId: key, name, kind, leadId: idIn(persons, lead) },
  }))
  learn(directory.teams, await batch('teams', crews))
  const memberships = teams.flatMap(([key, , , lead, members]) =>
    [lead, ...members].map((person) => ({
      key: `${key}/${person}`,
      row: { teamId: idIn(directory.teams, key), userId: idIn(persons, person) },
    })),
  )
  await batch('team-memberships', memberships)
  return directory
}
