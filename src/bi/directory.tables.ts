import { day, flag, guid, text } from './column.ts'
import { type BiTable, lifeOf } from './table.ts'

const directory = { kind: 'dimension', scope: 'directory:read', changedAt: 'updated_at' } as const

/** People and how they are organized. */
export const directoryTables: readonly BiTable[] = [
  {
    ...directory,
    name: 'people',
    entitySet: 'People',
    says: 'Everybody in the directory, also those who have left.',
    from: 'users u',
    reads: ['users'],
    key: 'person_id',
    columns: {
      person_id: guid('u.id', 'The person.'),
      external_id: text('u.external_id', 'The id in the HR system.'),
      display_name: text('u.display_name', 'The name to show.'),
      email: text('u.email', 'The e-mail address.'),
      title: text('u.title', 'The job title.'),
      employee_number: text('u.employee_number', 'The number in the HR system.'),
      manager_id: guid('u.manager_id', 'The person reported to: people.person_id.'),
      department_id: guid('u.department_id', 'The department: departments.department_id.'),
      is_active: flag('u.active', 'False for those who have left.'),
      ...lifeOf('u'),
    },
  },
  {
    ...directory,
    name: 'departments',
    entitySet: 'Departments',
    says: 'The tree of organizational units.',
    from: 'departments d',
    reads: ['departments'],
    key: 'department_id',
    columns: {
      department_id: guid('d.id', 'The department.'),
      external_id: text('d.external_id', 'The id in the HR system.'),
      name: text('d.name', 'Its name.'),
      code: text('d.code', 'Its short code.'),
      parent_id: guid('d.parent_id', 'The department above: departments.department_id.'),
      lead_id: guid('d.lead_id', 'Who leads it: people.person_id.'),
      ...lifeOf('d'),
    },
  },
  {
    ...directory,
    name: 'teams',
    entitySet: 'Teams',
    says: 'Standing and temporary teams.',
    from: 'teams t',
    reads: ['teams'],
    key: 'team_id',
    columns: {
      team_id: guid('t.id', 'The team.'),
      external_id: text('t.external_id', 'The id in the HR system.'),
      name: text('t.name', 'Its name.'),
      kind: text('t.kind', 'standing or temporary.'),
      starts_on: day('t.starts_on', 'First day.'),
      ends_on: day('t.ends_on', 'Last day.'),
      lead_id: guid('t.lead_id', 'Who leads it: people.person_id.'),
      ...lifeOf('t'),
    },
  },
  {
    ...directory,
    name: 'team_memberships',
    entitySet: 'TeamMemberships',
    says: 'Who is in which team; a person may be in several.',
    from: 'team_memberships m',
    reads: ['team_memberships'],
    key: 'team_membership_id',
    columns: {
      team_membership_id: guid('m.id', 'The membership.'),
      team_id: guid('m.team_id', 'teams.team_id'),
      person_id: guid('m.user_id', 'people.person_id'),
      ...lifeOf('m'),
    },
  },
]
