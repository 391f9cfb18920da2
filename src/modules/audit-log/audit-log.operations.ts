import { z } from 'zod'
import { bindingOf, decodeCursor, encodeCursor } from '../../api/cursor.ts'
import { canonicalInstant, id, instant } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { pageSize } from '../../api/reads.ts'
import { admin } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import { linkColumns } from '../../journal/chain.ts'
import { type AuditEntry, auditEntry, auditEntryPage } from './audit-log.schema.ts'

const anyOf = <T extends z.ZodType>(value: T) => z.array(value).min(1).max(100).optional()

const input = z.strictObject({
  actorId: anyOf(id),
  operation: anyOf(z.string().max(200)),
  subjectId: anyOf(id),
  from: instant.optional(),
  to: instant.optional(),
  limit: pageSize,
  cursor: z.string().max(2_000).optional(),
})
type Input = z.output<typeof input>

const boundTo = ({ limit: _limit, cursor: _cursor, ...filters }: Input): string => bindingOf('audit-log', filters)
const cursorAt = (ctx: Context, asked: Input, { seq }: AuditEntry): string =>
  encodeCursor([seq], boundTo(asked), ctx.organization.secret)

const text = `
  select seq, ${linkColumns}, hash from audit_log
  where tenant_id = $1 and seq is not null and seq < coalesce($2, 9223372036854775807)
    and ($3::uuid[] is null or actor_id = any($3)) and ($4::text[] is null or operation = any($4))
    and ($5::uuid[] is null or subject_ids && $5)
    and ($6::timestamptz is null or at >= $6) and ($7::timestamptz is null or at <= $7)
  order by seq desc limit $8`

/** Newest first. An entry appears when it has its place in the chain, moments after the write. */
export const auditLogOperation = operation({
  name: 'auditLog',
  tag: 'AuditEntry',
  summary: 'List who did what, newest first',
  rest: 'GET /audit-log',
  scope: 'admin',
  input,
  output: auditEntryPage,
  list: {
    resource: auditEntry,
    cursorOf: (ctx: Context, asked: unknown, row: never) => cursorAt(ctx, input.parse(asked), row),
  },
  allow: admin,
  run: async (ctx, asked) => {
    const { cursor, actorId, subjectId, from, to, limit } = asked
    const before = cursor ? decodeCursor(cursor, boundTo(asked), ctx.organization.secret)[0] : null
    const rows = await query<AuditEntry>(ctx.db, 'audit_log_list', text, [
      ctx.actor.tenantId,
      before,
      actorId ?? null,
      asked.operation ?? null,
      subjectId ?? null,
      from ? canonicalInstant(from) : null,
      to ? canonicalInstant(to) : null,
      limit + 1,
    ])
    const items = rows.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: rows.length > limit && last ? cursorAt(ctx, asked, last) : null }
  },
})
