import { type SQL, sql } from 'drizzle-orm'
import type { Sight } from '../../api/resource.ts'
import { objectiveVisible } from '../goals/goal.visibility.ts'

export const severities = ['high', 'medium', 'low'] as const
export const subjectTypes = [
  'kpi',
  'objective',
  'key_result',
  'blocker',
  'organization',
  'department',
  'team',
  'user',
] as const

export type Fix = { method: 'POST' | 'PATCH'; path: string; body: Record<string, unknown> }

/** What a rule's statement finds: `evidence` is published, `facts` only make the sentence and the call. */
export type Finding<E = Record<string, unknown>, F = Record<string, unknown>> = {
  subjectType: (typeof subjectTypes)[number]
  subjectId: string
  cycleId: string | null
  evidence: E
  facts: F
}

/** One way in which goals and KPIs go wrong in practice. */
export type InsightRule<E = Record<string, unknown>, F = Record<string, unknown>> = {
  rule: string
  severity: (typeof severities)[number]
  /** What a reader without it must not be told about. */
  scope: 'okr:read' | 'kpi:read'
  /**
   * Selects `subject_type`, `subject_id`, `cycle_id`, `evidence` and `facts` of what this class of reader may see.
   * May use the placeholders of every read, `timeZone`, and those of the policy (insight.policy.ts).
   */
  find: (sight: Sight) => SQL
  because: (finding: Finding<E, F>) => string
  /** The call that would mend it, ready to send; null where only people can say. */
  fix: (finding: Finding<E, F>, reader: { userId: string | null; today: string }) => Fix | null
}

/** Lets a rule speak of its own evidence and facts, and stand in a list with others. */
export const insightRule = <E, F>(rule: InsightRule<E, F>): InsightRule => rule as unknown as InsightRule

export const tenant = sql`${sql.placeholder('tenantId')}::uuid`
export const today = sql`${sql.placeholder('today')}::text`

const seen = (visible: SQL | undefined): SQL => visible ?? sql`true`

/** Active objectives `o`, in a cycle `c` that is not over, that the reader may see; ends in a condition. */
export const openObjectives = (sight: Sight): SQL => sql`
  from objectives o join cycles c on c.tenant_id = ${tenant} and c.id = o.cycle_id and c.state <> 'closed'
  where o.tenant_id = ${tenant} and o.deleted_at is null and o.state = 'active' and ${seen(objectiveVisible(sight, 'o'))}`

/** Active key results `k` of those objectives; ends in a condition. */
export const openKeyResults = (sight: Sight): SQL => sql`
  from key_results k
  join objectives o on o.tenant_id = ${tenant} and o.id = k.objective_id and o.deleted_at is null and o.state = 'active'
  join cycles c on c.tenant_id = ${tenant} and c.id = o.cycle_id and c.state <> 'closed'
  where k.tenant_id = ${tenant} and k.deleted_at is null and k.state = 'active' and ${seen(objectiveVisible(sight, 'o'))}`

/** Active KPIs `i` that the reader may see; ends in a condition. */
export const openKpis = (sight: Sight): SQL => sql`
  from kpis i where i.tenant_id = ${tenant} and i.deleted_at is null and i.state = 'active'
  and ${seen(objectiveVisible(sight, 'i'))}`

/** Effective health today of what `alias` names: stored days are compared with today (decision 12). */
export const healthToday = (alias: 'o' | 'k'): SQL => {
  const goal = sql.raw(alias)
  return sql`coalesce(${goal}.health_is[width_bucket(${today} collate "C", ${goal}.health_from)], 'no_data')`
}

/** The key results an objective is measured by, as a condition on `m`: guardrails and what was given up are none. */
export const measuresOf = (alias: 'o' | 'k'): SQL =>
  sql`m.tenant_id = ${tenant} and m.objective_id = ${sql.raw(alias === 'o' ? 'o.id' : 'k.objective_id')}
    and m.deleted_at is null and m.role = 'measure' and m.state not in ('cancelled', 'deferred')`
