import { z } from 'zod'
import { bindingOf, decodeCursor, encodeCursor } from '../../api/cursor.ts'
import { canonicalInstant, id, instant } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { pageSize } from '../../api/reads.ts'
import { syncedThrough } from '../../api/sync.ts'
import { runsReviews } from '../reviews/review.rules.ts'
import { cyclesPage, type Page, reviewByRef, reviewsPage, reviewWithCycle } from './hris.queries.ts'
import { performanceReview, performanceReviewCycle, performanceReviewInput } from './hris.schema.ts'
import { asPerformanceReview, asPerformanceReviewCycle } from './hris.shape.ts'
import { writeBack } from './hris.write-back.ts'

const asked = {
  limit: pageSize,
  cursor: z.string().max(2_000).optional(),
  updatedAfter: instant.optional().meta({ description: 'Changed after this instant, in what belongs to it too.' }),
  includeDeleted: z.boolean().optional().meta({ description: 'With tombstones, told by `deletedAt`.' }),
}
type Asked = {
  limit: number
  cursor?: string | undefined
  updatedAfter?: string | undefined
  includeDeleted?: boolean | undefined
  cycleId?: string[] | undefined
}

const pageOf = (items: z.ZodObject, name: string) =>
  z
    .strictObject({
      items: z.array(items),
      nextCursor: z.string().nullable(),
      syncedThrough: instant.optional().meta({ description: 'On the last page of a sync: the next `updatedAfter`.' }),
    })
    .meta({ id: `${name}Page` })

/** Reads one page and one row more, which tells whether there is another page. */
const paged = async <R extends { id: string }, A>(
  ctx: Context,
  name: string,
  { limit, cursor, ...bound }: Asked,
  read: (page: Page) => Promise<R[]>,
  shape: (row: R) => A,
) => {
  const { secret } = ctx.organization
  const binding = bindingOf(name, bound.updatedAfter, bound.includeDeleted, bound.cycleId)
  const [after = null, carried] = cursor ? (decodeCursor(cursor, binding, secret) as [string, string?]) : []
  const rows = await read({
    limit: limit + 1,
    after,
    updatedAfter: bound.updatedAfter ? canonicalInstant(bound.updatedAfter) : null,
    includeDeleted: bound.includeDeleted ?? false,
  })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  // As in lists (api/place.ts): a copy is whole as far as its first page was.
  const through = bound.updatedAfter && (cursor ? carried : syncedThrough(ctx))
  const nextCursor =
    rows.length > limit && last ? encodeCursor(through ? [last.id, through] : [last.id], binding, secret) : null
  return { items: items.map(shape), nextCursor, ...(nextCursor ? {} : { syncedThrough: through }) } as never
}

const common = { surfaces: ['rest'], allow: runsReviews } as const
const reading = { ...common, scope: 'review:read', singleStatement: true } as const

const notOwn = ({ actor }: Pick<Context, 'actor'>, rows: { id: string; revieweeId: string }[]): string[] =>
  rows.flatMap((row) => (row.revieweeId === actor.userId ? [] : [row.id]))

/** The reviews as HR systems exchange them. REST only: no HR system speaks GraphQL, and `reviews` is there for others. */
export const hrisOperations = [
  operation({
    ...reading,
    name: 'performanceReviews',
    syncs: 'updatedAfter',
    tag: 'PerformanceReview',
    summary: 'List reviews in the shape HR systems exchange',
    rest: 'GET /hr/performance-reviews',
    input: z.strictObject({ ...asked, cycleId: z.array(id).min(1).max(100).optional() }),
    output: pageOf(performanceReview, 'PerformanceReview'),
    auditsReads: (ctx, output) => notOwn(ctx, output.items as never),
    run: (ctx, input) =>
      paged(
        ctx,
        'PerformanceReview',
        input,
        (page) => reviewsPage(ctx, page, input.cycleId ?? null),
        asPerformanceReview,
      ),
  }),
  operation({
    ...reading,
    name: 'performanceReviewCycles',
    syncs: 'updatedAfter',
    tag: 'PerformanceReview',
    summary: 'List review cycles in the shape HR systems exchange',
    rest: 'GET /hr/performance-review-cycles',
    input: z.strictObject(asked),
    output: pageOf(performanceReviewCycle, 'PerformanceReviewCycle'),
    run: (ctx, input) =>
      paged(ctx, 'PerformanceReviewCycle', input, (page) => cyclesPage(ctx, page), asPerformanceReviewCycle),
  }),
  operation({
    ...common,
    name: 'writeBackPerformanceReview',
    tag: 'PerformanceReview',
    summary: "Write ratings back to a review, found by an HR system's own id",
    rest: 'PUT /hr/performance-reviews/by-external-id/:externalId',
    scope: 'review:write',
    input: z.strictObject({
      externalId: z.string().trim().min(1).max(200),
      system: z
        .string()
        .trim()
        .min(1)
        .max(100)
        .optional()
        .meta({ description: 'Whose id it is, as in `externalRefs`; the `externalId` of the review where left out.' }),
      input: performanceReviewInput,
    }),
    output: performanceReview,
    // Who may not write here shall not learn which ids there are.
    find: async (ctx, { externalId, system }) => {
      if (!(await runsReviews(ctx, undefined))) throw new Problem('forbidden')
      return reviewByRef(ctx, externalId, system)
    },
    run: async (ctx, { input }, found) => {
      await writeBack(ctx, found.id, input)
      const row = await reviewWithCycle(ctx, found.id)
      if (!row) throw new Problem('not_found')
      return asPerformanceReview(row)
    },
  }),
]
