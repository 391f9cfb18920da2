import { day, double, guid, instant, text } from './column.ts'
import { type BiTable, lifeOf } from './table.ts'

const isShown = `r.state in ('shared', 'acknowledged')`

/**
 * Reviews without words. Offered as views only: every read of somebody's review by the API is in the audit log, and a
 * table that is read whole would leave nothing to look up there.
 */
export const reviewTables: readonly BiTable[] = [
  {
    name: 'reviews',
    entitySet: 'Reviews',
    kind: 'fact',
    says: 'Reviews: who is reviewed, how far they are, and the final rating once it is shared. Who answered as a peer is not told.',
    scope: 'review:read',
    isSqlOnly: true,
    from: 'reviews r join review_cycles c on c.tenant_id = r.tenant_id and c.id = r.review_cycle_id',
    reads: ['reviews', 'review_cycles'],
    key: 'review_id',
    changedAt: 'updated_at',
    columns: {
      review_id: guid('r.id', 'The review.'),
      external_id: text('r.external_id', "The HR system's id."),
      review_cycle_id: guid('r.review_cycle_id', 'The review cycle.'),
      review_cycle_name: text('c.name', 'Its name.'),
      cycle_starts_on: day('c.starts_on', 'First day of the time reviewed.'),
      cycle_ends_on: day('c.ends_on', 'Last day of the time reviewed.'),
      cycle_state: text('c.state', 'draft, active, calibration or closed.'),
      subject_id: guid('r.subject_id', 'Who is reviewed: people.person_id.'),
      relationship: text('r.relationship', 'self, manager, peer or upward.'),
      reviewer_id: guid(
        `case when r.relationship in ('self', 'manager') then r.reviewer_id end`,
        'Who reviews: people.person_id; empty for peers and upward.',
      ),
      state: text('r.state', 'pending, in_progress, submitted, shared or acknowledged.'),
      due_on: day('r.due_on', 'The last day to submit.'),
      final_rating: double(`case when ${isShown} then (r.final_rating ->> 'value')::float8 end`, 'Once it is shared.'),
      final_rating_label: text(`case when ${isShown} then r.final_rating ->> 'label' end`, 'What the rating means.'),
      submitted_at: instant('r.submitted_at', 'When it was submitted.'),
      shared_at: instant('r.shared_at', 'When it was shared with the subject.'),
      acknowledged_at: instant('r.acknowledged_at', 'When the subject acknowledged it.'),
      ...lifeOf('r'),
    },
  },
]
