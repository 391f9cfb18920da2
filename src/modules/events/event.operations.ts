import { z } from 'zod'
import { eventSchema } from '../../api/event-types.ts'
import { id } from '../../api/fields.ts'
import { type AnyOperation, type Context, operation } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import type { Resource } from '../../api/resource.ts'
import { anyone } from '../../auth/rules.ts'
import { feedReader, standingAt, windowSize } from './event.queries.ts'

const page = z
  .strictObject({
    items: z.array(eventSchema),
    nextCursor: z.string().meta({ description: 'The next `after`, also when nothing was found.' }),
  })
  .meta({ id: 'EventPage' })

const input = z.strictObject({
  after: z
    .string()
    .regex(/^(\d{1,15}|latest)$/)
    .default('0')
    .meta({ description: '`nextCursor` or `seq` of what was read before; `latest` begins behind what there is.' }),
  limit: z.int().min(1).max(100).default(100),
  types: z
    .array(z.string().max(2_000))
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Only these types, also comma-separated.' }),
  subject: z.array(id).min(1).max(100).optional().meta({ description: 'Only what is about these.' }),
  wait: z
    .number()
    .min(0)
    .max(25)
    .default(0)
    .meta({ description: 'Seconds to wait for an event when there is none yet.' }),
})
type Input = z.output<typeof input>

/** @throws Problem 422 for a type there is not: it would wait for ever */
const requireKnown = (known: ReadonlySet<string>, types: readonly string[] | undefined): string[] | null => {
  const wanted = types?.flatMap((some) => some.split(',')) ?? null
  const strange = wanted?.find((type) => !known.has(type))
  if (strange !== undefined) throw inputProblem('invalid_input', '/types', `there is no event ${strange}`)
  return wanted
}

/** Where reading begins. @throws Problem 400 beyond the newest event, 410 where older ones have been removed since */
const placeOf = async (ctx: Context, { after }: Input): Promise<{ after: number; head: number }> => {
  const place = after === 'latest' ? 0 : Number(after)
  const { head, next } = await standingAt(ctx, place)
  if (after === 'latest') return { after: head, head }
  if (place > head) throw new Problem('invalid_cursor', `The newest event is ${head}`)
  if (place > 0 && place < head && next !== place + 1)
    throw new Problem('cursor_expired', 'Events behind this place are no longer kept: read anew, then after=latest')
  return { after: place, head }
}

/** The feed of all that happened in the organization, gap-free and in order, as far as its reader may see it. */
export const feedOperation = (known: ReadonlySet<string>, resources: readonly Resource[]): AnyOperation => {
  const read = feedReader(resources)
  return operation({
    name: 'events',
    tag: 'Event',
    summary: 'List events in the order they happened',
    rest: 'GET /events',
    scope: null,
    input,
    output: page,
    allow: anyone,
    patient: async ({ house, actor }, asked, readOnce) => {
      const watch = house.journal.watch(actor.tenantId)
      const until = performance.now() + asked.wait * 1_000
      try {
        for (let { after } = asked; ; ) {
          const found = await readOnce({ ...asked, after })
          const left = until - performance.now()
          if (found.items.length > 0 || left <= 0 || house.closing.aborted) return found
          // Nothing that fits in a whole window: the next one is there already.
          if (Number(found.nextCursor) - Number(after) < windowSize) await watch.next(left, house.closing)
          after = found.nextCursor
        }
      } finally {
        watch.close()
      }
    },
    run: async (ctx, asked) => {
      const wanted = requireKnown(known, asked.types)
      const { after, head } = await placeOf(ctx, asked)
      const { limit, subject = null } = asked
      const items = after < head ? await read(ctx, { after, limit, types: wanted, subjects: subject }) : []
      const last = items.length === limit ? items.at(-1)?.seq : Math.min(head, after + windowSize)
      return { items, nextCursor: String(last ?? head) }
    },
  })
}
