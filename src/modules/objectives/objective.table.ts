import { sql } from 'drizzle-orm'
import { check, date, doublePrecision, index, integer, jsonb, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { type NodeScore, scoringVersion } from '../../scoring/index.ts'
import { cycles } from '../cycles/cycle.table.ts'
import { departments } from '../departments/department.table.ts'
import { visibilities } from '../organization/organization.table.ts'
import { pillars } from '../pillars/pillar.table.ts'
import { teams } from '../teams/team.table.ts'
import { users } from '../users/user.table.ts'

export const ownerTypes = ['organization', 'department', 'team', 'user'] as const
export const commitments = ['committed', 'aspirational', 'learning'] as const
export const goalStates = ['draft', 'active', 'achieved', 'closed', 'cancelled', 'deferred'] as const
export const progressSources = ['both', 'key_results', 'aligned', 'manual'] as const
export type ProgressSource = (typeof progressSources)[number]

export type Contributor = { type: 'team' | 'user'; id: string }
export type CustomValues = Record<string, string | number | boolean>

/** A member of the stored score as a column of its own, so that SQL can filter and sort by it. */
const ofScore = (member: string) => sql.raw(`(score ->> '${member}')::double precision`)

/** The score is stored whole, as the scoring core returns it, and only rescore writes it; its numbers are columns too. */
export const scoreColumns = () => ({
  score: jsonb('score').$type<NodeScore>(),
  attainment: doublePrecision('attainment').generatedAlwaysAs(ofScore('attainment')),
  progress: doublePrecision('progress').generatedAlwaysAs(ofScore('progress')),
  confidence: doublePrecision('confidence').generatedAlwaysAs(ofScore('confidence')),
  coverage: doublePrecision('coverage').generatedAlwaysAs(ofScore('coverage')),
  projected: doublePrecision('projected').generatedAlwaysAs(ofScore('projected')),
  /** The health timeline of the score as two lists: the days its segments begin ('' for the first), and what each is. */
  healthFrom: text('health_from').array().generatedAlwaysAs(sql.raw('timeline_days(score)')),
  healthIs: text('health_is').array().generatedAlwaysAs(sql.raw('timeline_healths(score)')),
  scoredAt: instant('scored_at'),
  scoringVersion: integer('scoring_version').notNull().default(scoringVersion),
})

/** Who owns it, as the one column that holds it, so that a foreign key can guard it; callers see and filter one pair. */
export const ownerColumns = () => ({
  ownerUserId: uuid('owner_user_id'),
  ownerDepartmentId: uuid('owner_department_id'),
  ownerTeamId: uuid('owner_team_id'),
  /** Derived from the three columns above; none means the organization. */
  ownerType: text('owner_type', { enum: ownerTypes })
    .notNull()
    .generatedAlwaysAs(
      sql`case when owner_user_id is not null then 'user' when owner_team_id is not null then 'team' when owner_department_id is not null then 'department' else 'organization' end`,
    ),
  ownerId: uuid('owner_id')
    .notNull()
    .generatedAlwaysAs(sql`coalesce(owner_user_id, owner_team_id, owner_department_id, tenant_id)`),
})

export const objectives = resourceTable(
  'objectives',
  {
    title: text('title').notNull(),
    description: text('description'),
    rationale: text('rationale'),
    cycleId: uuid('cycle_id').notNull(),
    pillarId: uuid('pillar_id'),
    ...ownerColumns(),
    contributors: jsonb('contributors').$type<Contributor[]>().notNull(),
    commitment: text('commitment', { enum: commitments }).notNull(),
    state: text('state', { enum: goalStates }).notNull(),
    progressSource: text('progress_source', { enum: progressSources }).notNull(),
    manualProgress: doublePrecision('manual_progress'),
    visibility: text('visibility', { enum: visibilities }).notNull(),
    /** KPIs looked at beside it, which do not count in it. */
    watchedKpiIds: uuid('watched_kpi_ids').array().notNull().default(sql`'{}'`),
    tags: text('tags').array().notNull(),
    custom: jsonb('custom').$type<CustomValues>().notNull(),
    startsOn: date('starts_on'),
    dueOn: date('due_on'),
    carriedFromId: uuid('carried_from_id'),
    /** The OKR template it follows, built-in or the organization's own: no foreign key, for built-in ones are code. */
    templateId: uuid('template_id'),
    agreedAt: instant('agreed_at'),
    grade: doublePrecision('grade'),
    gradeReason: text('grade_reason'),
    /** The frozen explanation of a closed one (frozen-explanation.table.ts). */
    explanationSha256: text('explanation_sha256'),
    ...scoreColumns(),
  },
  (t) => [
    reference(t.tenantId, t.cycleId, () => cycles, 'objectives_cycle'),
    reference(t.tenantId, t.pillarId, () => pillars, 'objectives_pillar'),
    reference(t.tenantId, t.ownerUserId, () => users, 'objectives_owner_user'),
    reference(t.tenantId, t.ownerDepartmentId, () => departments, 'objectives_owner_department'),
    reference(t.tenantId, t.ownerTeamId, () => teams, 'objectives_owner_team'),
    reference(t.tenantId, t.carriedFromId, () => t, 'objectives_carried_from'),
    check('objectives_one_owner', sql`num_nonnulls(${t.ownerUserId}, ${t.ownerDepartmentId}, ${t.ownerTeamId}) <= 1`),
    check('objectives_commitment', oneOf(t.commitment, commitments)),
    check('objectives_state', oneOf(t.state, goalStates)),
    check('objectives_progress_source', oneOf(t.progressSource, progressSources)),
    check('objectives_visibility', oneOf(t.visibility, visibilities)),
    check('objectives_manual_progress', sql`${t.manualProgress} between 0 and 1`),
    index('objectives_cycle_id').on(t.tenantId, t.cycleId),
    index('objectives_owner_id').on(t.tenantId, t.ownerId),
    index('objectives_pillar_id').on(t.tenantId, t.pillarId),
    index('objectives_carried_from_id').on(t.tenantId, t.carriedFromId),
  ],
)
