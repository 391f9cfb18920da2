import { type SQL, sql } from 'drizzle-orm'
import type { Sight } from '../../api/resource.ts'
import type { Actor } from '../../auth/actor.ts'

const me = sql`${sql.placeholder('userId')}::uuid`
const tenant = sql`${sql.placeholder('tenantId')}::uuid`
const manages = sql`${sql.placeholder('manages')}::boolean`

/** HR and the machines that sync reviews see all of them; administrators only their own, like everybody else. */
export const reviewSightOf = ({ roles }: Actor): Sight =>
  roles.includes('hr') || roles.includes('integration') ? 'everything' : 'own'

/**
 * The reader is a manager, and the person that `column` names reports to them, however far down. The line is worked out
 * once for a statement, from the reader downwards, and not for each row from the row upwards.
 */
export const inReadersLine = (column: string): SQL => sql`(${manages} and ${sql.raw(column)} in (
  with recursive line (id) as (
    select u.id from users u where u.tenant_id = ${tenant} and u.manager_id = ${me}
    union
    select u.id from line join users u on u.tenant_id = ${tenant} and u.manager_id = line.id
  )
  select id from line))`

/**
 * Reviewers see what they write; subjects their self review, and what is shared with them. Managers see the self and
 * manager reviews of their line. Peer and upward reviews are never seen one by one, except by who wrote them.
 */
export const reviewVisible = (sight: Sight): SQL | undefined =>
  sight === 'everything'
    ? undefined
    : sql`(reviews.reviewer_id = ${me} or (reviews.relationship in ('self', 'manager') and (
        (reviews.subject_id = ${me} and reviews.state in ('shared', 'acknowledged'))
        or ${inReadersLine('reviews.subject_id')})))`
