import { z } from 'zod'
import { base, id, text } from '../../api/fields.ts'
import { resource } from '../../api/resource.ts'
import { subjects, visibleThroughSubject } from '../goals/goal.subject.ts'
import { commentSubjects, comments } from './comment.table.ts'

export const commentSchema = z
  .strictObject({
    ...base,
    subjectType: z.enum(commentSubjects).meta({ id: 'CommentSubjectType' }),
    subjectId: id,
    body: text.min(1),
    authorId: id,
    mentions: z.array(id).max(50).meta({ description: 'People it is meant for.' }),
  })
  .meta({ id: 'Comment', description: 'What somebody says about a goal or what belongs to one.' })

export const comment = resource({
  name: 'Comment',
  path: 'comments',
  type: 'comment',
  schema: commentSchema,
  table: comments,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => visibleThroughSubject(sight, 'comments', commentSubjects),
  filters: ['externalId', 'subjectType', 'subjectId', 'authorId', 'mentions'],
  search: ['body'],
  polymorphic: {
    subject: { type: 'subjectType', key: 'subjectId', to: () => subjects(commentSubjects), inverse: 'comments' },
  },
})
