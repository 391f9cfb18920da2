import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { newId } from '../../api/new-id.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { insertRows } from '../../api/store.ts'
import { query } from '../../db/statement.ts'
import { requirePeople } from '../goals/goal.author.ts'
import type { Relationship, ReviewForm } from '../review-templates/review-template.table.ts'
import { review } from '../reviews/review.resource.ts'
import type { reviewCycles } from './review-cycle.table.ts'

type ReviewCycle = typeof reviewCycles.$inferSelect

export const launchInput = z
  .strictObject({
    peers: z
      .array(z.strictObject({ subjectId: id, reviewerIds: z.array(id).min(1).max(50) }).meta({ id: 'PeersInput' }))
      .max(1_000)
      .default([])
      .meta({ description: 'Who reviews whom as a peer; more can be added one by one.' }),
  })
  .meta({ id: 'LaunchReviewCycleInput' })
type Peers = z.output<typeof launchInput>['peers']

const participantsText = `
  with recursive units (id) as (
    select unnest($3::uuid[])
    union select d.id from units join departments d on d.tenant_id = $1 and d.parent_id = units.id where d.deleted_at is null
  )
  select u.id, u.manager_id as "managerId" from users u
  where u.tenant_id = $1 and u.active and u.deleted_at is null and ($5 or u.id = any($2) or u.department_id in (select id from units)
    or exists (select from team_memberships m where m.tenant_id = $1 and m.user_id = u.id and m.team_id = any($4) and m.deleted_at is null))
  order by u.id`

const reportsText = `
  select u.id, u.manager_id as "managerId" from users u
  where u.tenant_id = $1 and u.manager_id = any($2) and u.active and u.deleted_at is null order by u.id`

type Person = { id: string; managerId: string | null }
type Pair = { relationship: Relationship; subjectId: string; reviewerId: string }

const pairsOf = async (ctx: Context, cycle: ReviewCycle, people: readonly Person[], peers: Peers): Promise<Pair[]> => {
  const subjectIds = people.map((person) => person.id)
  const makes = (relationship: Relationship) => cycle.relationships.includes(relationship)
  const reports = makes('upward')
    ? await query<Person>(ctx.db, 'review_reports', reportsText, [ctx.actor.tenantId, subjectIds])
    : []
  const own = people.flatMap((person): Pair[] => [
    ...(makes('self') ? [{ relationship: 'self' as const, subjectId: person.id, reviewerId: person.id }] : []),
    ...(makes('manager') && person.managerId
      ? [{ relationship: 'manager' as const, subjectId: person.id, reviewerId: person.managerId }]
      : []),
  ])
  const upward = reports.map(
    (person): Pair => ({
      relationship: 'upward',
      subjectId: person.managerId as string,
      reviewerId: person.id,
    }),
  )
  const nominated = peers.flatMap(({ subjectId, reviewerIds }) =>
    [...new Set(reviewerIds)].map((reviewerId): Pair => ({ relationship: 'peer', subjectId, reviewerId })),
  )
  return [...own, ...upward, ...nominated]
}

/** Peers review participants other than themselves, and exist. 422. */
const judgePeers = async (ctx: Context, peers: Peers, people: readonly Person[]): Promise<void> => {
  const known = new Set(people.map((person) => person.id))
  for (const [at, { subjectId, reviewerIds }] of peers.entries()) {
    if (!known.has(subjectId)) throw inputProblem('invalid_input', `/peers/${at}/subjectId`, 'is no participant')
    if (reviewerIds.includes(subjectId))
      throw inputProblem('invalid_input', `/peers/${at}/reviewerIds`, 'nobody is their own peer')
    if (peers.findIndex((other) => other.subjectId === subjectId) < at)
      throw inputProblem('invalid_input', `/peers/${at}/subjectId`, 'stands twice')
  }
  const named = peers.flatMap(({ reviewerIds }, at) => reviewerIds.map((reviewerId, nth) => ({ reviewerId, at, nth })))
  await requirePeople(
    ctx,
    named.map(({ reviewerId }) => reviewerId),
    (place) => `/peers/${named[place]?.at}/reviewerIds/${named[place]?.nth}`,
  )
}

const peopleOf = ({ db, actor }: Context, { participants }: ReviewCycle): Promise<Person[]> => {
  const { everybody, userIds, departmentIds, teamIds } = participants
  const values = [actor.tenantId, userIds, departmentIds, teamIds, everybody]
  return query(db, 'review_participants', participantsText, values)
}

/**
 * Makes the reviews of a launched cycle; answers how many. Those made by hand before stay, and are not made twice.
 * Throws 409 when nobody is reviewed.
 */
export const makeReviews = async (ctx: Context, cycle: ReviewCycle, peers: Peers): Promise<number> => {
  const people = await peopleOf(ctx, cycle)
  if (people.length === 0) throw new Problem('conflict', 'Nobody is reviewed: name participants first')
  await judgePeers(ctx, peers, people)
  const known = await query<Pair>(
    ctx.db,
    'reviews_known',
    `select relationship, subject_id as "subjectId", reviewer_id as "reviewerId" from reviews
     where tenant_id = $1 and review_cycle_id = $2 and deleted_at is null`,
    [ctx.actor.tenantId, cycle.id],
  )
  const keyOf = ({ relationship, subjectId, reviewerId }: Pair) => `${relationship} ${subjectId} ${reviewerId}`
  const made = new Set(known.map(keyOf))
  const rows = (await pairsOf(ctx, cycle, people, peers))
    .filter((pair) => !made.has(keyOf(pair)))
    .map((pair) => ({
      ...blank,
      ...pair,
      ...stamps(ctx),
      id: newId(),
      reviewCycleId: cycle.id,
      dueOn: cycle.deadlines[pair.relationship],
    }))
  if (rows.length > 0) await insertRows(ctx, review, rows)
  for (const row of rows) {
    const cause = { type: 'review_cycle', id: cycle.id }
    ctx.emit({ type: 'review.created', subject: { type: 'review', id: row.id }, cause })
  }
  return rows.length + known.length
}

const blank = { state: 'pending', answers: [], externalRefs: [] }
const stamps = ({ actor, now }: Context) => ({ tenantId: actor.tenantId, version: 1, createdAt: now, updatedAt: now })

/** The form of the template, as it is now. */
export const formOfTemplate = async ({ db, actor }: Context, templateId: string): Promise<ReviewForm> => {
  const [form] = await query<ReviewForm>(
    db,
    'review_template_form',
    'select scale, sections, weights from review_templates where tenant_id = $1 and id = $2',
    [actor.tenantId, templateId],
  )
  if (!form) throw new Problem('not_found')
  return { scale: form.scale, sections: form.sections, weights: form.weights }
}
