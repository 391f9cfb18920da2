import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { findOne } from '../../api/reads.ts'
import { anyone } from '../../auth/rules.ts'
import { sha256 } from '../explanation/canonical-json.ts'
import { explain } from '../explanation/explanation.build.ts'
import { review } from './review.resource.ts'
import { type SnapshotBody, snapshotText } from './review.snapshot.ts'
import type { reviews } from './review.table.ts'
import { goalSnapshotSchema, snapshotVerification } from './snapshot.schema.ts'
import { verifySnapshot } from './snapshot.verify.ts'

type Review = typeof reviews.$inferSelect

/** A review that has a snapshot, if the caller may see it. */
const findWithSnapshot = async (ctx: Context, input: { id: string }): Promise<Review | undefined> => {
  const row = (await findOne(ctx, review, input.id)) as Review | undefined
  return row && row.goalSnapshotSha256 !== null ? row : undefined
}

const about = ({ actor }: Pick<Context, 'actor'>, output: unknown): string[] => {
  const { reviewId, subjectId } = output as { reviewId: string; subjectId: string }
  return subjectId === actor.userId ? [] : [reviewId]
}

/** Levels of items an answer explains. */
const depth = z.int().min(1).max(16).default(3).meta({ description: 'Levels of items.' })

const explained = async (ctx: Context, hash: string | null, objectiveId: string, levels: number) => {
  if (hash === null) return null
  try {
    const { node, truncated } = await explain(
      ctx,
      { type: 'objective', id: objectiveId, sha256: hash },
      levels,
      () => undefined,
    )
    return { ...node, truncated }
  } catch (error) {
    // A body that is gone, or no longer what it was, is what /verify tells of.
    if (error instanceof Problem || error instanceof SyntaxError) return null
    throw error
  }
}

export const snapshotOperations = [
  operation({
    name: 'reviewSnapshot',
    tag: 'Review',
    summary: 'Get the goals of the subject as they were frozen for a review',
    rest: 'GET /reviews/:id/snapshot',
    scope: 'review:read',
    input: z.strictObject({ id, depth }),
    output: goalSnapshotSchema,
    auditsReads: about,
    find: findWithSnapshot,
    allow: anyone,
    run: async (ctx, input, row) => {
      const hash = row.goalSnapshotSha256 as string
      const text = await snapshotText(ctx, hash)
      if (text === undefined || sha256(text) !== hash)
        throw new Problem('conflict', 'What is stored is not what was frozen: see GET /reviews/:id/snapshot/verify')
      const body = JSON.parse(text) as SnapshotBody
      const objectives = []
      for (const each of body.objectives)
        objectives.push({
          ...each,
          explanation: await explained(ctx, each.explanationSha256, each.objectiveId, input.depth),
        })
      return { ...body, reviewId: row.id, sha256: hash, objectives } as never
    },
  }),
  operation({
    name: 'reviewSnapshotVerification',
    tag: 'Review',
    summary: 'Check that a frozen snapshot is what was frozen',
    rest: 'GET /reviews/:id/snapshot/verify',
    scope: 'review:read',
    input: z.strictObject({ id }),
    output: snapshotVerification,
    find: findWithSnapshot,
    allow: anyone,
    run: async (ctx, _input, row) => {
      const hash = row.goalSnapshotSha256 as string
      return { reviewId: row.id, sha256: hash, ...(await verifySnapshot(ctx, hash)) }
    },
  }),
]
