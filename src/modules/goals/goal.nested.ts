import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { type AnyOperation, operation } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import type { Resource } from '../../api/resource.ts'

type Nesting = {
  resource: Resource
  parent: Resource
  /** The member that names the parent, and the collection below it. */
  key: string
  path: string
  /** The name of the list below the parent. */
  list: string
}

/**
 * The operations of a resource that lives below another: made at `POST /<parents>/:key/<path>`, listed there too, and for
 * everything else at its own path. The parent must be visible: 404.
 */
export const nested = (operations: readonly AnyOperation[], nesting: Nesting): AnyOperation[] => {
  const { resource } = nesting
  return operations.flatMap((each) => {
    if (each.name === `create${resource.name}`) return [createBelow(each, nesting)]
    return each.list ? [each, listBelow(each, nesting)] : [each]
  })
}

const createBelow = (create: AnyOperation, { resource, parent, key, path }: Nesting): AnyOperation => {
  const body = create.input.shape['input'] as z.ZodObject
  return operation({
    ...create,
    rest: `POST /${parent.path}/:${key}/${path}`,
    input: z.strictObject({
      [key]: id,
      input: body
        .omit({ [key]: true } as never)
        .strict()
        .meta({ id: `Create${resource.name}Input` }),
    }),
    find: (ctx, input) => findOne(ctx, parent, input[key] as string),
    run: (ctx, input) => create.run(ctx, { input: { ...(input['input'] as object), [key]: input[key] } }, undefined),
  })
}

// GraphQL has the edge for it.
const listBelow = (all: AnyOperation, { resource, parent, key, path, list }: Nesting): AnyOperation => {
  const { [key]: _filter, ...members } = all.input.shape
  const { singleStatement: _single, ...rest } = all
  return operation({
    ...rest,
    name: list,
    summary: `List ${path} of one ${parent.name}`,
    rest: `GET /${parent.path}/:${key}/${path}`,
    surfaces: ['rest'],
    tag: resource.name,
    input: z.strictObject({ [key]: id, ...members }),
    find: (ctx, input) => findOne(ctx, parent, input[key] as string),
    run: (ctx, input) => all.run(ctx, { ...input, [key]: [input[key]] }, undefined),
  })
}
