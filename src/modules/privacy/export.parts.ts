import type { Resource } from '../../api/resource.ts'
import { blocker } from '../blockers/blocker.resource.ts'
import { checkIn } from '../check-ins/check-in.resource.ts'
import { comment } from '../comments/comment.resource.ts'
import { feedback } from '../feedback/feedback.resource.ts'
import { initiative } from '../initiatives/initiative.resource.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { objectiveUpdate } from '../objective-updates/objective-update.resource.ts'
import { objective } from '../objectives/objective.resource.ts'
import { retrospective } from '../retrospectives/retrospective.resource.ts'
import { review } from '../reviews/review.resource.ts'
import { teamMembership } from '../team-memberships/team-membership.resource.ts'

/** What is kept of a person: in which rows, and the member that names them there. */
export const parts: Record<string, { resource: Resource; by: string }> = {
  teamMemberships: { resource: teamMembership, by: 'userId' },
  objectives: { resource: objective, by: 'ownerId' },
  keyResults: { resource: keyResult, by: 'ownerId' },
  initiatives: { resource: initiative, by: 'ownerId' },
  blockers: { resource: blocker, by: 'ownerId' },
  checkIns: { resource: checkIn, by: 'authorId' },
  objectiveUpdates: { resource: objectiveUpdate, by: 'authorId' },
  comments: { resource: comment, by: 'authorId' },
  retrospectives: { resource: retrospective, by: 'authorId' },
  feedbackGiven: { resource: feedback, by: 'fromId' },
  feedbackReceived: { resource: feedback, by: 'aboutId' },
  reviewsAbout: { resource: review, by: 'subjectId' },
  reviewsWritten: { resource: review, by: 'reviewerId' },
}
