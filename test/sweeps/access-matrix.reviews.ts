import { type Role, roles } from '../../src/auth/actor.ts'

type Row = { may: readonly Role[]; otherwise: 'forbidden' | 'not_found'; seenBy?: readonly Role[] }
const row = (may: readonly Role[], otherwise: Row['otherwise'] = 'forbidden'): Row => ({ may, otherwise })
const rows = (row: Row, ...names: string[]): Record<string, Row> => Object.fromEntries(names.map((name) => [name, row]))

const everybody = row(roles)
/** Those who run reviews: not administrators. */
const runners = row(['hr', 'integration'])
/** What a key may not see does not exist for it: as a key nobody is a subject or a reviewer. */
const unseen = row(['hr', 'integration'], 'not_found')
const machines: Row = { may: ['integration'], otherwise: 'not_found', seenBy: ['hr'] }
const writesOf = (name: string) => [`update${name}`, `delete${name}`, `restore${name}`]
const makesOf = (name: string) => [`create${name}`, `upsert${name}ByExternalId`, `batch${name}`]

export const reviewMatrix: Record<string, Row> = {
  ...rows(everybody, 'reviewTemplate', 'reviewTemplates', 'reviewCycle', 'reviewCycles', 'reviews', 'feedbackList'),
  ...rows(runners, ...makesOf('ReviewTemplate'), ...writesOf('ReviewTemplate')),
  ...rows(runners, ...makesOf('ReviewCycle'), ...writesOf('ReviewCycle')),
  ...rows(runners, 'launchReviewCycle', 'calibrateReviewCycle', 'closeReviewCycle', ...makesOf('Review')),
  ...rows(unseen, 'review', ...writesOf('Review'), 'shareReview', 'calibrateReview', 'reviewResult'),
  ...rows(unseen, 'reviewSnapshot', 'reviewSnapshotVerification', 'feedback'),
  // What a review says is its reviewer's, what was read its subject's: machines only carry it over.
  ...rows(machines, 'submitReview', 'acknowledgeReview'),
  ...rows(runners, 'performanceReviews', 'performanceReviewCycles', 'writeBackPerformanceReview'),
  // Feedback is given in one's own name; HR takes away what should not be there.
  ...rows(row(['integration']), ...makesOf('Feedback')),
  ...rows(machines, 'updateFeedback', 'restoreFeedback'),
  deleteFeedback: unseen,
  userDataExport: runners,
  eraseUser: row(['admin', 'hr', 'integration']),
}
