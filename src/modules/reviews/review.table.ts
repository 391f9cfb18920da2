import { sql } from 'drizzle-orm'
import { check, date, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { type ExternalRef, reviewCycles } from '../review-cycles/review-cycle.table.ts'
import { relationships } from '../review-templates/review-template.table.ts'
import { users } from '../users/user.table.ts'

export const reviewStates = ['pending', 'in_progress', 'submitted', 'shared', 'acknowledged'] as const
export const reminders = ['due_soon', 'overdue'] as const

/** A value with what it means, so that it can be read when the scale has long changed. */
export type Rating = { value: number; label: string; scale: { name: string; lowest: number; highest: number } }
export type ReviewAnswer = { questionKey: string; rating: Rating | null; text: string | null }
export type Calibration = { from: Rating | null; reason: string; actorId: string; at: string }

export const reviews = resourceTable(
  'reviews',
  {
    reviewCycleId: uuid('review_cycle_id').notNull(),
    subjectId: uuid('subject_id').notNull(),
    relationship: text('relationship', { enum: relationships }).notNull(),
    reviewerId: uuid('reviewer_id').notNull(),
    state: text('state', { enum: reviewStates }).notNull(),
    dueOn: date('due_on'),
    answers: jsonb('answers').$type<ReviewAnswer[]>().notNull(),
    /** Of this review as a whole. */
    rating: jsonb('rating').$type<Rating>(),
    summary: text('summary'),
    /** Of the subject in the cycle; only on the reviews that are shared with them. */
    finalRating: jsonb('final_rating').$type<Rating>(),
    calibration: jsonb('calibration').$type<Calibration>(),
    goalSnapshotSha256: text('goal_snapshot_sha256'),
    goalSnapshotAt: instant('goal_snapshot_at'),
    submittedAt: instant('submitted_at'),
    sharedAt: instant('shared_at'),
    acknowledgedAt: instant('acknowledged_at'),
    acknowledgement: text('acknowledgement'),
    externalRefs: jsonb('external_refs').$type<ExternalRef[]>().notNull(),
    /** The last reminder that was sent. */
    reminded: text('reminded', { enum: reminders }),
  },
  (t) => [
    reference(t.tenantId, t.reviewCycleId, () => reviewCycles, 'reviews_review_cycle'),
    reference(t.tenantId, t.subjectId, () => users, 'reviews_subject'),
    reference(t.tenantId, t.reviewerId, () => users, 'reviews_reviewer'),
    check('reviews_relationship', oneOf(t.relationship, relationships)),
    check('reviews_state', oneOf(t.state, reviewStates)),
    check('reviews_reminded', oneOf(t.reminded, reminders)),
    check('reviews_self', sql`(${t.relationship} = 'self') = (${t.subjectId} = ${t.reviewerId})`),
    uniqueIndex('reviews_once')
      .on(t.tenantId, t.reviewCycleId, t.subjectId, t.reviewerId, t.relationship)
      .where(sql`${t.deletedAt} is null`),
    index('reviews_subject_id').on(t.tenantId, t.subjectId),
    index('reviews_reviewer_id').on(t.tenantId, t.reviewerId),
  ],
)

/** The goals of one person as they were looked at for a review, found by their own SHA-256. */
export const goalSnapshots = pgTable(
  'goal_snapshots',
  {
    tenantId: uuid('tenant_id').notNull(),
    /** Hexadecimal. */
    sha256: text('sha256').notNull(),
    /** Canonical JSON (RFC 8785): the very bytes that were hashed. */
    body: text('body').notNull(),
    scoringVersion: integer('scoring_version').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.sha256] })],
)
