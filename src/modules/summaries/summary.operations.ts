import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import { anyone } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import {
  defaultPolicy,
  explainObjective,
  healthOn,
  hideItems,
  type NodeScore,
  type NodeState,
  scoringVersion,
} from '../../scoring/index.ts'
import { cycle } from '../cycles/cycle.resource.ts'
import { readableObjectives } from '../goals/goal.sight.ts'
import { type HealthCounts, type Summary, summary } from './summary.schema.ts'

type Row = {
  id: string
  state: NodeState
  score: NodeScore
  pillarId: string | null
  pillar: string | null
  departmentId: string | null
  department: string | null
  teamId: string | null
  team: string | null
}

// Curves stay where they are: a wide cycle is summed up from its numbers and today's health alone.
const rowsText = `
  select o.id, o.state, o.score - 'pace' || '{"pace": null}' as score, p.id as "pillarId", p.title as pillar,
    d.id as "departmentId", d.name as department, t.id as "teamId", t.name as team
  from objectives o
  left join pillars p on p.tenant_id = $1 and p.id = o.pillar_id
  left join departments d on d.tenant_id = $1 and d.id = o.owner_department_id
  left join teams t on t.tenant_id = $1 and t.id = o.owner_team_id
  where o.tenant_id = $1 and o.cycle_id = $2 and o.deleted_at is null and o.score is not null
    and o.state not in ('draft', 'cancelled', 'deferred')
  order by o.id`

const noCounts: HealthCounts = {
  on_track: 0,
  at_risk: 0,
  off_track: 0,
  achieved: 0,
  stale: 0,
  closed: 0,
  not_started: 0,
  no_data: 0,
}

/** The mean over objectives, by the core: as if each were aligned to one goal with the same weight. */
const totalOf = ({ today }: Context, cycleId: string, rows: readonly Row[], seen: ReadonlySet<string>) => {
  const scores = new Map(rows.map(({ id: objectiveId, score }) => [objectiveId, score]))
  const items = rows.map(({ id: objectiveId, state }) => ({
    type: 'objective' as const,
    id: objectiveId,
    weight: 1,
    state,
  }))
  const input = {
    id: cycleId,
    state: 'active' as const,
    commitment: 'committed' as const,
    policy: defaultPolicy,
    cadence: 'week' as const,
    progressSource: 'both' as const,
    manualProgress: null,
    firstDay: today,
    lastDay: today,
    reported: null,
    items,
  }
  const explained = explainObjective(input, today, (objectiveId) => scores.get(objectiveId) as NodeScore)
  const { hidden, progress, coverage } = hideItems(explained, (item) => seen.has(item.id))
  const health = { ...noCounts }
  for (const { id: objectiveId, score } of rows)
    if (seen.has(objectiveId)) health[healthOn(score.timeline, today).effective]++
  return { objectives: rows.length - hidden.count, progress, coverage, health, hidden }
}

const groupsOf = (
  ctx: Context,
  cycleId: string,
  rows: readonly Row[],
  seen: ReadonlySet<string>,
  groupOf: (row: Row) => { id: string | null; name: string | null },
): Summary['byPillar'] =>
  [...Map.groupBy(rows, (row) => groupOf(row).id)]
    .map(([groupId, members]) => ({
      id: groupId,
      name: groupOf(members[0] as Row).name,
      ...totalOf(ctx, cycleId, members, seen),
    }))
    // A group of which nothing may be seen would tell what its one goal is at.
    .filter(({ objectives }) => objectives > 0)
    .toSorted((one, other) => ((one.name ?? '\uffff') < (other.name ?? '\uffff') ? -1 : 1))

export const summaryOperation = operation({
  name: 'cycleSummary',
  tag: 'Cycle',
  summary: 'Sum up a cycle: progress, health and coverage, by pillar, department and team',
  rest: 'GET /cycles/:id/summary',
  scope: 'okr:read',
  input: z.strictObject({ id }),
  output: summary,
  find: (ctx, input) => findOne(ctx, cycle, input.id),
  allow: anyone,
  run: async (ctx, { id: cycleId }) => {
    const rows = await query<Row>(ctx.db, 'cycle_summary', rowsText, [ctx.actor.tenantId, cycleId])
    const seen = await readableObjectives(
      ctx,
      rows.map((row) => row.id),
    )
    const owned = (type: 'department' | 'team') => rows.filter((row) => row[`${type}Id`] !== null)
    return {
      cycleId,
      ...totalOf(ctx, cycleId, rows, seen),
      byPillar: groupsOf(ctx, cycleId, rows, seen, (row) => ({ id: row.pillarId, name: row.pillar })),
      byDepartment: groupsOf(ctx, cycleId, owned('department'), seen, (row) => ({
        id: row.departmentId,
        name: row.department,
      })),
      byTeam: groupsOf(ctx, cycleId, owned('team'), seen, (row) => ({ id: row.teamId, name: row.team })),
      scoringVersion,
    }
  },
})
