import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Scope } from '../auth/actor.ts'
import { anyone } from '../auth/rules.ts'
import { id } from './fields.ts'
import { type AnyOperation, type Context, operation } from './operation.ts'
import { Problem, problemSchema } from './problem.ts'
import type { Row } from './store.ts'
import { inputProblems, toProblem } from './to-problem.ts'

type Outcome = { outcome: 'created' | 'updated' | 'unchanged'; changed: string[] }
type Result = { status: number; id: string | null; version: number | null } & Outcome

const batchResult = z
  .strictObject({
    items: z.array(
      z
        .strictObject({
          index: z.int(),
          status: z.int(),
          id: id.nullable(),
          version: z.int().nullable(),
          outcome: z
            .enum(['created', 'updated', 'unchanged'])
            .meta({ id: 'BatchOutcome', description: 'What became of an item, or would with `validateOnly`.' })
            .nullable(),
          changed: z.array(z.string()).meta({ description: 'Members an update gave another value.' }),
          problem: problemSchema.nullable(),
        })
        .meta({ id: 'BatchResultItem' }),
    ),
  })
  .meta({ id: 'BatchResult', description: 'A row per item, in the order given.' })

/** What a write did to its row: an unchanged one has no new version, no event and stands in no audit row. */
export const outcomeOf = (
  { before, after }: { before: Row | null; after: Row },
  members: readonly string[],
): Outcome => {
  if (before === null) return { outcome: 'created', changed: [] }
  const changed = members.filter((key) => !isDeepStrictEqual(before[key], after[key]))
  return { outcome: before['version'] === after['version'] ? 'unchanged' : 'updated', changed }
}

/** An item that does not fit its schema; kept, so that the others of a batch that is not atomic can go on. */
class Unfit {
  readonly error: z.ZodError
  constructor(error: z.ZodError) {
    this.error = error
  }
}

/** The most items of a call over HTTP. */
const mostOfACall = 1_000

/** `POST /<path>/batch`: up to 1,000 items in one transaction, whole (atomic, the default) or each for itself. */
export const batchOf = (batch: {
  name: string
  tag: string
  path: string
  scope: Scope | null
  item: z.ZodObject
  most?: number
  /** Carries out all items or throws; set-wise, with one cascade. */
  apply: (ctx: Context, items: Row[]) => Promise<Result[]>
}): AnyOperation =>
  operation({
    name: batch.name,
    tag: batch.tag,
    summary: `Write up to 1,000 ${batch.path} at once`,
    rest: `POST /${batch.path}/batch`,
    status: 200,
    scope: batch.scope,
    input: z.strictObject({
      input: z
        .strictObject({
          atomic: z.boolean().default(true).meta({ description: 'False: each item succeeds or fails alone.' }),
          items: z
            .array(batch.item.catch((context) => new Unfit(context?.error as z.ZodError) as never))
            .min(1)
            .max(batch.most ?? mostOfACall),
        })
        .meta({ id: `${batch.name.charAt(0).toUpperCase()}${batch.name.slice(1)}Input` }),
    }),
    output: batchResult,
    allow: anyone,
    run: async (ctx, { input: { atomic, items } }) => {
      const results = atomic ? await whole(ctx, batch.apply, items) : await inPart(ctx, batch.apply, items)
      return { items: results.map((result, index) => ({ ...none, ...result, index })) }
    },
  })

const none = { id: null, version: null, outcome: null, changed: [], problem: null }
type Answer = { status: number; problem?: z.output<typeof problemSchema> } & Partial<Omit<Result, 'status'>>
type Apply = (ctx: Context, items: Row[]) => Promise<Result[]>

const whole = async (ctx: Context, apply: Apply, items: unknown[]): Promise<Answer[]> => {
  const [problem, ...others] = items.flatMap((item, index) => (item instanceof Unfit ? problemOf(item, index) : []))
  if (problem) {
    const errors = [problem, ...others].flatMap((each) => each.errors)
    const code = others.every((each) => each.code === problem.code) ? problem.code : 'invalid_input'
    throw new Problem(code, `${errors.length} faults in the items`, { errors })
  }
  return apply(ctx, items as Row[])
}

/**
 * All fitting items as one set; only when that fails in halves, behind savepoints, down to the items at fault. One that
 * points to an item of another half is tried again for as long as others succeed.
 */
const inPart = async (ctx: Context, apply: Apply, items: unknown[]): Promise<Answer[]> => {
  const answers: Answer[] = items.map((item, index) =>
    item instanceof Unfit ? failed(problemOf(item, index)) : { status: 0 },
  )
  const carryOut = async (set: readonly number[]): Promise<void> => {
    if (set.length === 0) return
    try {
      const results = await ctx.savepoint(() =>
        apply(
          ctx,
          set.map((index) => items[index] as Row),
        ),
      )
      for (const [at, index] of set.entries()) answers[index] = results[at] as Answer
    } catch (error) {
      const problem = toProblem(error)
      if (problem.status >= 500) throw error
      if (set.length === 1) {
        answers[set[0] as number] = failed(problem)
        return
      }
      const half = Math.ceil(set.length / 2)
      await carryOut(set.slice(0, half))
      await carryOut(set.slice(half))
    }
  }
  let wanted = items.flatMap((item, index) => (item instanceof Unfit ? [] : [index]))
  for (let left = Infinity; wanted.length > 0 && wanted.length < left; ) {
    left = wanted.length
    await carryOut(wanted)
    wanted = wanted.filter((index) => answers[index]?.problem?.code === 'reference_not_found')
  }
  return answers
}

const problemOf = ({ error }: Unfit, index: number): Problem => {
  const { code, errors, message } = inputProblems(error)
  return new Problem(code, message, {
    errors: errors.map((fault) => ({ ...fault, pointer: `/items/${index}${fault.pointer}` })),
  })
}

const failed = (problem: Problem): Answer => ({ status: problem.status, problem: problem.toJSON() as never })
