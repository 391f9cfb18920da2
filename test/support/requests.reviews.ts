import type { Caller } from './app.ts'
import { createOne, resourceOf } from './samples.ts'

type Members = Record<string, unknown>

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
  writeBackPerformanceReview: async () => ({ rating: 4 }),
}

/** Calls of operations that belong to no resource. */
export const reviewPaths: Record<string, (setup: Caller) => Promise<Record<string, string>>> = {
  writeBackPerformanceReview: async (setup) => {
    const review = await createOne(setup, resourceOf('Review'), { externalId: `hris ${++counter}` })
    await launch(setup, review['id'])
    return { externalId: review['externalId'] }
  },
}
let counter = 0
