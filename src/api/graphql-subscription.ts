import { GraphQLError, type GraphQLFieldConfig } from 'graphql'
import type { Request } from './context.ts'
import { follow, type Page } from './follow.ts'
import type { createTypes } from './graphql-types.ts'
import type { Document, JsonSchema } from './openapi.ts'
import type { AnyOperation } from './operation.ts'
import { outputOf } from './serialize.ts'
import { toProblem } from './to-problem.ts'

/** What a subscription is given by its connection. */
export type SubscriptionContext = {
  /** The reader, proven once more. */
  request: () => Promise<Request>
  /** Aborts when the service ends. */
  signal: AbortSignal
  /** What went wrong after the first page, such as a credential that has ended. */
  failed: (error: unknown) => void
}

type Types = ReturnType<typeof createTypes>
type Field = GraphQLFieldConfig<unknown, SubscriptionContext, Record<string, unknown>>

/** How often a credential is proven again while there is nothing to tell. */
const heartbeatMilliseconds = 15_000

/** A patient operation as a subscription: the items of its pages, one by one. */
export const subscriptionField = (
  operation: AnyOperation,
  args: NonNullable<Field['args']>,
  types: Types,
  document: Document,
): Field => ({
  description: `${operation.summary}, as they happen`,
  type: types.typeOf(itemOf(operation, document), 'out'),
  args,
  resolve: (event) => event,
  subscribe: async (_root, given, context) => {
    const ending = new AbortController()
    const { request, failed } = context
    const signal = AbortSignal.any([ending.signal, context.signal])
    const input = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null))
    const pages = follow({ operation, request, input, heartbeatMilliseconds, signal })
    // The first page is read before the answer begins: what is wrong with the input is an error of the subscription.
    const first = await pages.next().catch((error: unknown) => {
      const problem = toProblem(error)
      throw new GraphQLError(problem.message, { extensions: problem.toJSON() })
    })
    const items = itemsOf(first.value as Page | undefined, pages, failed)
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: () => items.next(),
      // A generator that waits is only ended by what it waits for.
      return: () => {
        ending.abort()
        return items.return(undefined)
      },
    }
  },
})

async function* itemsOf(first: Page | undefined, pages: AsyncGenerator<Page>, failed: (error: unknown) => void) {
  try {
    if (first) yield* first.items
    for await (const { items } of pages) yield* items
  } catch (error) {
    failed(error)
  } finally {
    await pages.return(undefined)
  }
}

const itemOf = (operation: AnyOperation, document: Document): JsonSchema => {
  const output = outputOf(document, operation)
  const page = output.$ref ? document.components.schemas[output.$ref.split('/').at(-1) as string] : output
  return page?.properties?.['items']?.items ?? {}
}
