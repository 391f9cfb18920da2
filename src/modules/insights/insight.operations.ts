import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { bindingOf, decodeCursor, encodeCursor } from '../../api/cursor.ts'
import { id } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { pageSize } from '../../api/reads.ts'
import { forEachSight, readValues } from '../../api/select.ts'
import { anyone } from '../../auth/rules.ts'
import { sightOf } from '../../auth/sight.ts'
import { query, statement } from '../../db/statement.ts'
import type { InsightPolicy } from '../organization/organization.policy.ts'
import { policyValues } from './insight.policy.ts'
import type { Finding, InsightRule } from './insight.rule.ts'
import { rules } from './insight.rules.ts'
import {
  type Insight,
  insight,
  insightPage,
  insightRuleName,
  insightSeverity,
  insightSubjectType,
} from './insight.schema.ts'

const several = <T extends z.ZodType>(schema: T) => z.array(schema).min(1).max(100).optional()

const input = z.strictObject({
  rule: several(insightRuleName),
  severity: several(insightSeverity),
  subjectType: several(insightSubjectType),
  subjectId: several(id),
  cycleId: several(id).meta({ description: 'Of goals in these cycles.' }),
  limit: pageSize,
  cursor: z.string().max(2_000).optional(),
})
type Input = z.output<typeof input>

/** A rule that is not asked for costs nothing: its number is compared before its part of the statement runs. */
const part = (find: SQL, at: number): SQL =>
  sql`select ${sql.raw(String(at))} as rule, found.* from (${find}) found where ${sql.raw(String(at))} = any(${sql.placeholder('rules')}::int[])`

const uuids = (name: string) => sql`${sql.placeholder(name)}::uuid[]`
const place = sql`(rule, subject_id, coalesce(cycle_id, ${sql.placeholder('tenantId')}::uuid))`

const finders = forEachSight((sight) =>
  statement<Row>(
    `insights_${sight}`,
    () => sql`select rule, subject_type as "subjectType", subject_id as "subjectId", cycle_id as "cycleId", evidence, facts
      from (${sql.join(
        rules.map(({ find }, at) => part(find(sight), at)),
        sql` union all `,
      )}) all_of_them
      where (${sql.placeholder('subjectTypes')}::text[] is null or subject_type = any(${sql.placeholder('subjectTypes')}::text[]))
        and (${uuids('subjectIds')} is null or subject_id = any(${uuids('subjectIds')}))
        and (${uuids('cycleIds')} is null or cycle_id = any(${uuids('cycleIds')}))
        and (${sql.placeholder('afterRule')}::int is null or ${place} >
          (${sql.placeholder('afterRule')}::int, ${sql.placeholder('afterSubject')}::uuid, ${sql.placeholder('afterCycle')}::uuid))
      order by ${place} limit ${sql.placeholder('limit')}`,
  ),
)

type Row = Finding & { rule: number }

const isAsked = (ctx: Context, { rule, severity }: Input, each: InsightRule): boolean =>
  (rule?.includes(each.rule) ?? true) &&
  (severity?.includes(each.severity) ?? true) &&
  [each.scope, 'admin'].some((scope) => ctx.actor.scopes.includes(scope as InsightRule['scope']))

const policyOf = async ({ db, actor }: Context): Promise<Partial<InsightPolicy>> => {
  const [row] = await query<{ policy: Partial<InsightPolicy> }>(
    db,
    'insight_policy',
    'select insight_policy as policy from organizations where tenant_id = $1',
    [actor.tenantId],
  )
  return row?.policy ?? {}
}

const boundTo = ({ limit: _limit, cursor: _cursor, ...asked }: Input): string => bindingOf('insights', asked)

const cursorAt = (ctx: Context, asked: Input, { rule, subject, cycleId }: Insight): string =>
  encodeCursor(
    [rules.findIndex((each) => each.rule === rule), subject.id, cycleId ?? ctx.actor.tenantId],
    boundTo(asked),
    ctx.organization.secret,
  )

const insightOf = ({ actor, today }: Context, row: Row): Insight => {
  const { rule, severity, because, fix } = rules[row.rule] as InsightRule
  return {
    rule,
    severity,
    subject: { type: row.subjectType, id: row.subjectId },
    cycleId: row.cycleId,
    because: because(row),
    evidence: row.evidence,
    fix: fix(row, { userId: actor.userId, today }),
  }
}

const find = async (ctx: Context, asked: Input) => {
  const after = asked.cursor ? decodeCursor(asked.cursor, boundTo(asked), ctx.organization.secret) : []
  const rows = await finders[sightOf(ctx.actor)](ctx.db, {
    ...readValues(ctx),
    ...policyValues(await policyOf(ctx)),
    timeZone: ctx.organization.timeZone,
    rules: [...rules.keys()].filter((at) => isAsked(ctx, asked, rules[at] as InsightRule)),
    subjectTypes: asked.subjectType ?? null,
    subjectIds: asked.subjectId ?? null,
    cycleIds: asked.cycleId ?? null,
    afterRule: after[0] ?? null,
    afterSubject: after[1] ?? null,
    afterCycle: after[2] ?? null,
    limit: asked.limit + 1,
  })
  const items = rows.slice(0, asked.limit).map((row) => insightOf(ctx, row))
  const last = items.at(-1)
  return { items, nextCursor: rows.length > items.length && last ? cursorAt(ctx, asked, last) : null }
}

/** `GET /insights`: what good practice would have otherwise in what the reader may see, the most severe first. */
export const insightOperations = [
  operation({
    name: 'insights',
    summary: 'List what good practice would have otherwise, with the call that mends it',
    rest: 'GET /insights',
    scope: 'okr:read',
    input,
    output: insightPage,
    list: { resource: insight, cursorOf: (ctx, asked, row: never) => cursorAt(ctx, input.parse(asked), row) },
    allow: anyone,
    run: (ctx, asked) => find(ctx, asked),
  }),
]
