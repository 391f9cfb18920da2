/** A company as an HR system tells it: everything named by external ids, reports before their managers. */
export const companyOf = (size: number) => {
  const departmentOf = (at: number) => `dept ${at % Math.max(1, Math.floor(size / 50))}`
  const count = Math.max(1, Math.floor(size / 50))
  const departments = Array.from({ length: count }, (_, at) => ({
    externalId: `dept ${at}`,
    name: `Department ${at}`,
    ...(at === 0 ? {} : { parentExternalId: `dept ${Math.floor((at - 1) / 4)}` }),
  }))
  const users = Array.from({ length: size }, (_, at) => ({
    externalId: `person ${at}`,
    userName: `person${at}@company.example`,
    email: `person${at}@company.example`,
    displayName: `Person ${at}`,
    title: at === 0 ? 'Chief' : 'Member of staff',
    employeeNumber: String(10_000 + at),
    departmentExternalId: departmentOf(at),
    managerExternalId: at === 0 ? null : `person ${Math.floor((at - 1) / 8)}`,
  })).toReversed()
  const teams = Array.from({ length: Math.max(1, Math.floor(size / 10)) }, (_, at) => ({
    externalId: `team ${at}`,
    name: `Team ${at}`,
    leadExternalId: `person ${at}`,
  }))
  const memberships = users.map(({ externalId }, at) => ({
    externalId: `team ${at % teams.length}/${externalId}`,
    teamExternalId: `team ${at % teams.length}`,
    userExternalId: externalId,
  }))
  return { departments, users, teams, memberships }
}
