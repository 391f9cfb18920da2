import { z } from 'zod'
import { Problem } from './problem.ts'

type Query = Record<string, string | string[]>
type Read = (value: string | string[]) => unknown

/** A query string holds only text: gives zod the type a parameter's schema asks for, and lets it judge the rest. */
export const queryReader = (
  parameters: Record<string, z.ZodType>,
  writes: boolean,
): ((query: Query) => Record<string, unknown>) => {
  const readers = new Map(Object.entries(parameters).map(([name, schema]) => [name, readerOf(schema)]))
  if (writes) readers.set('validateOnly', toBoolean)
  return (query) => {
    const unknown = Object.keys(query).filter((name) => !readers.has(name))
    if (unknown.length > 0) {
      throw new Problem('unknown_parameter', `Unknown: ${unknown.join(', ')}`, {
        errors: unknown.map((name) => ({
          pointer: `/${name}`,
          code: 'unknown_parameter',
          message: 'unknown query parameter',
        })),
      })
    }
    return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, readers.get(name)?.(value)]))
  }
}

const readerOf = (schema: z.ZodType): Read => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return readerOf(schema.unwrap() as z.ZodType)
  }
  if (schema instanceof z.ZodArray) {
    const read = readerOf(schema.element as z.ZodType)
    return (value) => [value].flat().map(read)
  }
  if (schema instanceof z.ZodNumber) return toNumber
  return schema instanceof z.ZodBoolean ? toBoolean : (value) => value
}

const toNumber: Read = (value) =>
  typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value
const toBoolean: Read = (value) => (value === 'true' ? true : value === 'false' ? false : value)
