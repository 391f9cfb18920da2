import { z } from 'zod'
import { type AnyOperation, type Context, operation } from '../../api/operation.ts'
import { parseOrder } from '../../api/order.ts'
import { type ListInput, positionIn, wholeThrough } from '../../api/place.ts'
import { findOne } from '../../api/reads.ts'
import type { Resource } from '../../api/resource.ts'
import { present } from '../../api/select.ts'
import type { Row } from '../../api/store.ts'

/** What every template has, built-in or an organization's own. */
type Template = { id: string; name: string; area: string; updatedAt: string }

const released = '2026-01-01T00:00:00.000Z'

/** Members of a built-in row that nobody wrote. */
export const builtInBase = {
  externalId: null,
  version: 1,
  createdAt: released,
  updatedAt: released,
  deletedAt: null,
  builtIn: true,
}

type Asked = ListInput & { area?: string[]; externalId?: string[]; builtIn?: boolean }
type Page = { items: Row[]; nextCursor: string | null }

const fits = ({ name, area, updatedAt }: Template, asked: Asked): boolean =>
  asked.builtIn !== false &&
  asked.externalId === undefined &&
  (asked.area?.includes(area) ?? true) &&
  (asked.updatedSince === undefined || Date.parse(updatedAt) >= Date.parse(asked.updatedSince)) &&
  (asked.q === undefined || name.toLowerCase().includes(asked.q.toLowerCase()))

/** A library: templates that are code, the same for everybody, beside those an organization makes for itself. */
export const libraryOf = <T extends Template>(resource: Resource, builtIn: readonly T[]) => {
  const isBuiltIn = (id: string): boolean => builtIn.some((template) => template.id === id)
  /** A template by id, built-in or the organization's own. */
  const find = async (ctx: Context, id: string): Promise<T | undefined> =>
    (builtIn.find((template) => template.id === id) ?? (await findOne(ctx, resource, id))) as T | undefined
  return { isBuiltIn, find, withBuiltIn: (reads: readonly AnyOperation[]) => merged(resource, builtIn, find, reads) }
}

/** Get-one and list of what is stored, with the built-in ones among it. */
const merged = <T extends Template>(
  resource: Resource,
  builtIn: readonly T[],
  find: (ctx: Context, id: string) => Promise<T | undefined>,
  [one, list]: readonly AnyOperation[],
): AnyOperation[] => {
  if (!one || !list?.list) throw new Error('get-one and list, in this order')
  // What is code needs no statement at all.
  const { singleStatement: _one, ...get } = one
  const { singleStatement: _list, ...all } = list
  const { cursorOf } = list.list
  return [
    operation({
      ...get,
      find: (ctx, input) => find(ctx, input['id'] as string),
      run: async (ctx, _input, row) => (builtIn.includes(row as T) ? row : present(resource, row as Row, ctx)),
    }),
    operation({
      ...all,
      input: z.strictObject({ ...all.input.shape, builtIn: z.boolean().optional() }),
      run: async (ctx, input) => {
        const asked = input as unknown as Asked
        const page = (await all.run(ctx, asked, undefined)) as Page
        const own = asked.builtIn === true ? { items: [], nextCursor: null } : page
        const order = compareBy(resource, asked.sort)
        const position = positionIn(ctx, resource, asked)
        const start = position && Object.fromEntries(order.keys.map((key, at) => [key, position[at]]))
        const known = builtIn.filter(
          (template) => fits(template, asked) && (!start || order.compare(template, start) > 0),
        )
        const together = [...(known as Row[]), ...own.items].toSorted(order.compare)
        const items = together.slice(0, asked.limit)
        const isLast = together.length <= asked.limit && own.nextCursor === null
        const last = items.at(-1)
        return {
          items,
          nextCursor: isLast || !last ? null : cursorOf(ctx, asked, last as never),
          ...(isLast ? { syncedThrough: wholeThrough(ctx, resource, asked) } : {}),
        }
      },
    }),
  ]
}

/** The order of the list in memory: ids and instants compare as text, as they do in Postgres. */
const compareBy = (resource: Resource, sort: string | undefined) => {
  const order = parseOrder(resource, sort)
  const compare = (one: Row, other: Row): number => {
    for (const { key, descending } of order) {
      const [a, b] = [String(one[key]), String(other[key])]
      if (a !== b) return a < b === descending ? 1 : -1
    }
    return 0
  }
  return { keys: order.map(({ key }) => key), compare }
}
