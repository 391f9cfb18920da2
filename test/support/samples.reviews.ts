import type { Caller } from './app.ts'

type Members = Record<string, unknown>

/** Rules across members of reviews and what belongs to them. */
export const reviewHints: Record<string, Members> = {
  ReviewTemplate: {
    scale: { name: 'Five', points: [1, 2, 3, 4, 5].map((value) => ({ value, label: `Level ${value}` })) },
    sections: [{ key: 's', title: 'All', kind: 'competency', questions: [{ key: 'q', text: 'How?' }] }],
  },
  ReviewCycle: { participants: { everybody: true }, relationships: [] },
  Review: { relationship: 'manager' },
  Feedback: { text: 'Thank you' },
}

/** Of references the schema leaves open these are needed by a machine, which is nobody. */
export const reviewWanted: Record<string, string[]> = { Feedback: ['fromId'] }

const cycleOf = async (setup: Caller, id: string): Promise<string> =>
  (await setup('GET', `/v1/reviews/${id}`)).body.reviewCycleId
const launch = async (setup: Caller, id: string): Promise<string> => {
  const cycle = await cycleOf(setup, id)
  const { status, body } = await setup('POST', `/v1/review-cycles/${cycle}/launch`, {})
  if (status !== 200) throw new Error(`not launched: ${JSON.stringify(body)}`)
  return cycle
}
const submit = async (setup: Caller, id: string): Promise<string> => {
  const cycle = await launch(setup, id)
  await setup('PATCH', `/v1/reviews/${id}`, { answers: [{ questionKey: 'q', rating: 4 }], rating: 4 })
  await setup('POST', `/v1/reviews/${id}/submit`)
  return cycle
}

/** What must have happened to a review, or a review cycle, before an operation on it has something to do. */
export const reviewPreparations: Record<string, (setup: Caller, id: string) => Promise<unknown>> = {
  submitReview: launch,
  shareReview: submit,
  reviewResult: submit,
  reviewSnapshot: submit,
  reviewSnapshotVerification: submit,
  calibrateReview: async (setup, id) => setup('POST', `/v1/review-cycles/${await submit(setup, id)}/calibrate`),
  acknowledgeReview: async (setup, id) => {
    await submit(setup, id)
    await setup('POST', `/v1/reviews/${id}/share`)
  },
  calibrateReviewCycle: (setup, id) => setup('POST', `/v1/review-cycles/${id}/launch`, {}),
  closeReviewCycle: (setup, id) => setup('POST', `/v1/review-cycles/${id}/launch`, {}),
}

/** Bodies a schema alone cannot say. */
export const reviewBodies: Record<string, () => Promise<Members>> = {
  launchReviewCycle: async () => ({ peers: [] }),
  calibrateReview: async () => ({ rating: 5, reason: 'Compared with the others' }),
}

const addressesOfReviews = /^\/v1\/(review|feedback|hr\/)|^\/v1\/users\/[^/]+\/(data-export|erasure)/
const fieldsOfReviews = /[{ ](\w*[rR]eview\w*|\w*[fF]eedback\w*|userDataExport|eraseUser)[ ({]/

/** Administrators read no reviews: what is about reviews a world asks as the machine of an HR system would. */
export const withReviews = (administrator: Caller, machine: () => Promise<Caller>): Caller => {
  let known: Promise<Caller> | undefined
  const reviewer = () => (known ??= machine())
  const call = async (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
    (addressesOfReviews.test(url) ? await reviewer() : administrator)(method, url, body, headers)
  return Object.assign(call, {
    graphql: async (query: string, variables?: Record<string, unknown>) =>
      (fieldsOfReviews.test(query) ? await reviewer() : administrator).graphql(query, variables),
  })
}
