import { z } from 'zod'

/** In the place of a default: the caller must say it, or need not and the operation decides. */
export const required = Symbol('required')
export const optional = Symbol('optional')

/**
 * What a create and a PATCH take, from the published schema: each writable member, and what it is when left out. So a
 * new member is named once, here beside the schema. Defaults go into the create only: in a PATCH they would overwrite
 * what the caller left out. `fixed` members cannot be changed once created; `create` and `update` replace single members.
 */
export const inputsOf = (
  schema: z.ZodObject,
  whenLeftOut: Record<string, unknown>,
  {
    fixed = [],
    create = {},
    update = {},
  }: { fixed?: readonly string[]; create?: z.ZodRawShape; update?: z.ZodRawShape } = {},
): { create: z.ZodObject; update: z.ZodObject } => {
  const members = Object.entries(whenLeftOut).map(
    ([name, value]) => [name, schema.shape[name] as z.ZodType, value] as const,
  )
  const created = members.map(([name, member, value]) => {
    if (value === required) return [name, member]
    return [name, value === optional ? member.optional() : member.default(value as never)]
  })
  const changed = members.filter(([name]) => !fixed.includes(name)).map(([name, member]) => [name, member])
  return {
    create: z.strictObject({ ...Object.fromEntries(created), ...create }),
    update: z.strictObject({ ...Object.fromEntries(changed), ...update }).partial(),
  }
}
