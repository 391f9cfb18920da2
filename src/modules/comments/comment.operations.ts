import { z } from 'zod'
import { id } from '../../api/fields.ts'
import type { Context } from '../../api/operation.ts'
import { reads } from '../../api/reads.ts'
import type { Row } from '../../api/store.ts'
import { type Change, writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { authorOf, requirePeople } from '../goals/goal.author.ts'
import { requireSubject, type Subject, subjectColumns } from '../goals/goal.subject.ts'
import { comment, commentSchema } from './comment.resource.ts'
import type { comments } from './comment.table.ts'

type Comment = typeof comments.$inferSelect

const { externalId, subjectType, subjectId, body, mentions } = commentSchema.shape

const createInput = z.strictObject({
  externalId: externalId.default(null),
  subjectType,
  subjectId,
  body,
  mentions: mentions.default([]),
  authorId: id.optional().meta({ description: 'Administrators and machines may speak for a person.' }),
})

const updateInput = z.strictObject({ externalId, body, mentions }).partial()

const isAuthor = ({ actor }: Context, { authorId }: Comment): boolean =>
  authorId === actor.id || authorId === actor.userId

const toRow = async (input: Row, before: Comment | null, ctx: Context): Promise<Row> => {
  const people = Array.isArray(input['mentions']) ? { mentions: [...new Set(input['mentions'])] } : {}
  if (before) return people
  const { authorId } = await authorOf(ctx, input['authorId'] as string | undefined)
  return { ...people, ...subjectColumns(input as Subject), authorId }
}

const judge = async (ctx: Context, { before, after }: Change<Comment>): Promise<void> => {
  if (!before) await requireSubject(ctx, after)
  const added = after.mentions.filter((person) => !before?.mentions.includes(person))
  await requirePeople(ctx, added, (at) => `/mentions/${after.mentions.indexOf(added[at] as string)}`)
}

/** Who sees it may speak about it, except those who only read; what somebody said is theirs to change. */
export const commentOperations = [
  ...reads(comment),
  ...writes<Comment>({
    resource: comment,
    create: { input: createInput, allow: hasRole('admin', 'manager', 'member', 'integration') },
    update: { input: updateInput, allow: isAuthor },
    delete: { allow: (ctx, row) => isAuthor(ctx, row) || ctx.actor.roles.includes('admin') },
    toRow,
    judge,
  }),
]
