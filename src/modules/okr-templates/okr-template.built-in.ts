import { z } from 'zod'
import { type AnyOperation, type Context, operation } from '../../api/operation.ts'
import { parseOrder } from '../../api/order.ts'
import { findOne, type ListInput, positionIn } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import type { Row } from '../../api/store.ts'
import { catalogue } from './okr-template.catalogue.ts'
import { okrTemplate, okrTemplateSchema } from './okr-template.resource.ts'

type OkrTemplate = z.output<typeof okrTemplateSchema>

const released = '2026-01-01T00:00:00.000Z'

/** Their ids are the same everywhere, and come before every UUID v7. */
export const okrTemplates: readonly OkrTemplate[] = catalogue.map(
  ({ area, objective, keyResults }, at) =>
    ({
      id: `00000000-0000-8000-8000-${String(at + 1).padStart(12, '0')}`,
      externalId: null,
      version: 1,
      createdAt: released,
      updatedAt: released,
      deletedAt: null,
      name: objective.title,
      area,
      builtIn: true,
      objective,
      keyResults,
    }) as unknown as OkrTemplate,
)

export const isBuiltIn = (id: string): boolean => okrTemplates.some((template) => template.id === id)

/** A template by id, built-in or the organization's own. */
export const findTemplate = async (ctx: Context, id: string): Promise<OkrTemplate | undefined> => {
  const own = okrTemplates.find((template) => template.id === id) ?? (await findOne(ctx, okrTemplate, id))
  return own as OkrTemplate | undefined
}

type Asked = ListInput & { area?: string[]; externalId?: string[]; builtIn?: boolean }
type Page = { items: Row[]; nextCursor: string | null; syncedThrough?: string }

const fits = ({ name, area, updatedAt }: OkrTemplate, asked: Asked): boolean =>
  asked.builtIn !== false &&
  asked.externalId === undefined &&
  (asked.area?.includes(area) ?? true) &&
  (asked.updatedSince === undefined || Date.parse(updatedAt) >= Date.parse(asked.updatedSince)) &&
  (asked.q === undefined || name.toLowerCase().includes(asked.q.toLowerCase()))

/** Get-one and list of what is stored, with the built-in ones among it. */
export const withBuiltIn = ([one, list]: readonly AnyOperation[]): AnyOperation[] => {
  if (!one || !list?.list) throw new Error('get-one and list, in this order')
  // What is code needs no statement at all.
  const { singleStatement: _one, ...get } = one
  const { singleStatement: _list, ...all } = list
  const { cursorOf } = list.list
  return [
    operation({
      ...get,
      find: (ctx, input) => findTemplate(ctx, input['id'] as string),
      run: async (ctx, _input, row) =>
        isBuiltIn((row as OkrTemplate).id) ? row : present(okrTemplate, row as Row, ctx),
    }),
    operation({
      ...all,
      input: z.strictObject({ ...all.input.shape, builtIn: z.boolean().optional() }),
      run: async (ctx, input) => {
        const asked = input as unknown as Asked
        const page = (await all.run(ctx, asked, undefined)) as Page
        const own = asked.builtIn === true ? { items: [], nextCursor: null } : page
        const order = compareBy(asked.sort)
        const position = positionIn(ctx, okrTemplate, asked)
        const start = position && Object.fromEntries(order.keys.map((key, at) => [key, position[at]]))
        const known = okrTemplates.filter(
          (template) => fits(template, asked) && (!start || order.compare(template, start) > 0),
        )
        const merged = [...(known as Row[]), ...own.items].toSorted(order.compare)
        const items = merged.slice(0, asked.limit)
        const isLast = merged.length <= asked.limit && own.nextCursor === null
        const last = items.at(-1)
        return {
          items,
          nextCursor: isLast || !last ? null : cursorOf(ctx, asked, last as never),
          ...(isLast ? { syncedThrough: page.syncedThrough } : {}),
        }
      },
    }),
  ]
}

/** The order of the list in memory: ids and instants compare as text, as they do in Postgres. */
const compareBy = (sort: string | undefined) => {
  const order = parseOrder(okrTemplate, sort)
  const compare = (one: Row, other: Row): number => {
    for (const { key, descending } of order) {
      const [a, b] = [String(one[key]), String(other[key])]
      if (a !== b) return a < b === descending ? 1 : -1
    }
    return 0
  }
  return { keys: order.map(({ key }) => key), compare }
}
