import { type Role, roles } from '../../src/auth/actor.ts'
import { eventMatrix } from './access-matrix.events.ts'
import { exportMatrix } from './access-matrix.exports.ts'
import { importMatrix } from './access-matrix.imports.ts'
import { kpiMatrix } from './access-matrix.kpis.ts'
import { outlookMatrix } from './access-matrix.outlook.ts'
import { reviewMatrix } from './access-matrix.reviews.ts'
import { webhookMatrix } from './access-matrix.webhooks.ts'

/** Which roles may, and what the others are told; people's own goals and lines are beside this (access.test.ts). */
export type Row = {
  /** By docs, not by code. */
  may: readonly Role[]
  otherwise: 'forbidden' | 'not_found'
  /** Roles that see what others do not, and may not all the same: `forbidden`. */
  seenBy?: readonly Role[]
}

const row = (may: readonly Role[], otherwise: Row['otherwise'] = 'forbidden'): Row => ({ may, otherwise })

const everybody = row(roles)
const administrators = row(['admin'])
const keepers = row(['admin', 'integration'])
const peopleKeepers = row(['admin', 'hr', 'integration'])
/** As keys: a manager or member is somebody, with a line or goals of their own, and a key is nobody. */
const goalKeepers = keepers

/** What is somebody's own: a key says it in its own name. */
const speakers = row(['admin', 'manager', 'member', 'integration'])

const writes = (name: string, row: Row): Record<string, Row> =>
  Object.fromEntries(
    [
      `create${name}`,
      `update${name}`,
      `delete${name}`,
      `restore${name}`,
      `upsert${name}ByExternalId`,
      `batch${name}`,
    ].map((operation) => [operation, row]),
  )
const reads = (...names: string[]): Record<string, Row> => Object.fromEntries(names.map((name) => [name, everybody]))

/** A row for every operation: one without fails the sweep. */
export const matrix: Record<string, Row> = {
  ...kpiMatrix,
  ...importMatrix,
  ...exportMatrix,
  ...outlookMatrix,
  ...reads('me', 'organization', 'user', 'users', 'department', 'departments', 'team', 'teams'),
  ...reads('teamMembership', 'teamMemberships', 'pillar', 'pillars', 'cycle', 'cycles'),
  ...reads('objective', 'objectives', 'alignment', 'alignments', 'keyResult', 'keyResults', 'checkIn', 'checkIns'),
  updateOrganization: administrators,
  ...writes('User', peopleKeepers),
  ...writes('Department', peopleKeepers),
  ...writes('Team', peopleKeepers),
  ...writes('TeamMembership', peopleKeepers),
  apiKeys: administrators,
  createApiKey: administrators,
  // A key is no secret among administrators, and does not exist for anybody else.
  apiKey: row(['admin'], 'not_found'),
  updateApiKey: row(['admin'], 'not_found'),
  deleteApiKey: row(['admin'], 'not_found'),
  ...writes('Pillar', keepers),
  ...writes('Cycle', keepers),
  ...writes('Objective', goalKeepers),
  ...writes('Alignment', goalKeepers),
  ...writes('KeyResult', goalKeepers),
  createCheckIn: goalKeepers,
  updateCheckIn: goalKeepers,
  upsertCheckInByExternalId: goalKeepers,
  deleteCheckIn: goalKeepers,
  batchCheckIn: goalKeepers,
  ...reads('objectiveExplanation', 'keyResultExplanation', 'objectiveHistory', 'keyResultHistory', 'revisions'),
  ...reads('objectiveTree', 'cycleSummary'),
  closeObjective: goalKeepers,
  reopenObjective: goalKeepers,
  carryOverObjective: goalKeepers,
  closeCycle: keepers,
  carryOverCycle: keepers,
  // What would be refused is refused.
  simulate: goalKeepers,
  ...reads('objectiveUpdate', 'objectiveUpdates', 'updatesOfObjective', 'keyResultLink', 'keyResultLinks'),
  ...reads('initiative', 'initiatives', 'blocker', 'blockers', 'comment', 'comments'),
  ...reads('retrospective', 'retrospectives', 'retrospectivesOfCycle', 'okrTemplate', 'okrTemplates'),
  ...writes('ObjectiveUpdate', goalKeepers),
  ...writes('KeyResultLink', goalKeepers),
  ...writes('Initiative', goalKeepers),
  ...writes('Blocker', goalKeepers),
  ...writes('Comment', speakers),
  // Of another's comment: nobody changes what somebody else said; an administrator may take it away (decision 16).
  updateComment: row([]),
  restoreComment: row([]),
  deleteComment: administrators,
  // Of a whole cycle: managers write it together (decision 16).
  ...writes('Retrospective', row(['admin', 'integration', 'manager'])),
  ...writes('OkrTemplate', keepers),
  // An objective of the organization's.
  applyOkrTemplate: goalKeepers,
  ...eventMatrix,
  ...webhookMatrix,
  ...reviewMatrix,
}
