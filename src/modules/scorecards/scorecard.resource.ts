import { and, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { base, id, name, ratio, text, weight } from '../../api/fields.ts'
import { inputsOf, optional, required } from '../../api/inputs.ts'
import { type Derived, resource, type Sight } from '../../api/resource.ts'
import { type KpiScore, kpiSegmentOn, scorecardScore } from '../../scoring/index.ts'
import { department } from '../departments/department.resource.ts'
import { objectiveVisible } from '../goals/goal.visibility.ts'
import { kpiSchema } from '../kpis/kpi.resource.ts'
import { organization, visibility } from '../organization/organization.resource.ts'
import { team } from '../teams/team.resource.ts'
import { user } from '../users/user.resource.ts'
import { type ScorecardItem, scorecards } from './scorecard.table.ts'

const { ownerType, ownerId } = kpiSchema.shape
const perspective = z.string().trim().min(1).max(100)
/** The four of the balanced scorecard; an organization may have its own. */
export const standardPerspectives = ['financial', 'customer', 'internal', 'growth']

const item = z
  .strictObject({ kpiId: id, perspective, weight })
  .meta({ id: 'ScorecardItem', description: 'A KPI in one of the perspectives; weights are relative.' })

const part = z
  .strictObject({ perspective, score: ratio.nullable(), coverage: ratio.nullable() })
  .meta({ id: 'PerspectiveScore' })

export const scorecardSchema = z
  .strictObject({
    ...base,
    name,
    description: text.nullable(),
    ownerType,
    ownerId,
    visibility,
    perspectives: z.array(perspective).min(1).max(20),
    items: z.array(item).max(100),
    score: ratio.nullable().meta({ description: 'The weighted mean of the scores of its KPIs that have one.' }),
    coverage: ratio.nullable().meta({ description: 'The share of the weight that has a score.' }),
    perspectiveScores: z.array(part).meta({ description: 'The same for each perspective.' }),
  })
  .meta({ id: 'Scorecard', description: 'A weighted set of KPIs in perspectives.' })

const itemInput = z
  .strictObject({ kpiId: id, perspective, weight: weight.optional() })
  .meta({ id: 'ScorecardItemInput', description: 'Its weight is 1 unless said.' })
const items = z.array(itemInput).max(100)

export const scorecardInputs = inputsOf(
  scorecardSchema,
  {
    externalId: null,
    name: required,
    description: null,
    ownerType: 'organization',
    ownerId: optional,
    visibility: optional,
    perspectives: standardPerspectives,
    items: [],
  },
  { create: { items: items.default([]) }, update: { items } },
)

type Judged = { id: string; judged: KpiScore | null }
type Scored = { items: ScorecardItem[]; judgements: Judged[] }

const scoreOf = (given: readonly ScorecardItem[], judgements: readonly Judged[], today: string) => {
  const byId = new Map(judgements.map(({ id: own, judged }) => [own, judged]))
  return scorecardScore(
    given.map(({ kpiId, weight: own }) => {
      const judged = byId.get(kpiId)
      return { id: kpiId, weight: own, score: judged ? kpiSegmentOn(judged.timeline, today).score : null }
    }),
  )
}

const of = (read: (row: Scored, today: string) => unknown): Derived<typeof scorecards.$inferSelect> => ({
  needs: ['items', 'judgements' as never],
  of: (row, { today }) => read(row as unknown as Scored, today),
})

/** Seen by those who see every KPI in it: its numbers would tell of the others. */
const visible = (sight: Sight): SQL | undefined => {
  const seen = objectiveVisible(sight, 'i')
  return and(
    objectiveVisible(sight, 'scorecards'),
    seen &&
      sql`not exists (select from kpis i where i.tenant_id = ${sql.placeholder('tenantId')}::uuid
        and i.id = any(scorecards.kpi_ids) and (${seen}) is not true)`,
  )
}

export const scorecard = resource({
  name: 'Scorecard',
  path: 'scorecards',
  type: 'scorecard',
  schema: scorecardSchema,
  table: scorecards,
  scopes: { read: 'kpi:read', write: 'kpi:write' },
  visible,
  looked: {
    judgements: sql`(select coalesce(json_agg(json_build_object('id', i.id, 'judged', i.judged)), '[]') from kpis i
      where i.tenant_id = ${scorecards.tenantId} and i.id = any(${scorecards.kpiIds}) and i.deleted_at is null)`,
  },
  derived: {
    score: of((row, today) => scoreOf(row.items, row.judgements, today).score),
    coverage: of((row, today) => scoreOf(row.items, row.judgements, today).coverage),
    perspectiveScores: of((row, today) =>
      (row as unknown as { perspectives: string[] }).perspectives.map((own) => ({
        perspective: own,
        ...scoreOf(
          row.items.filter((each) => each.perspective === own),
          row.judgements,
          today,
        ),
      })),
    ),
  },
  filters: ['externalId', 'ownerType', 'ownerId', 'visibility'],
  sorts: ['name'],
  search: ['name', 'description'],
  polymorphic: {
    owner: {
      type: 'ownerType',
      key: 'ownerId',
      to: () => ({ organization, department, team, user }),
      inverse: 'scorecards',
    },
  },
})
