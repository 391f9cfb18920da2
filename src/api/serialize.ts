import fastJson from 'fast-json-stringify'
import { endpointOf } from './endpoint.ts'
import type { Document, JsonSchema } from './openapi.ts'
import type { AnyOperation } from './operation.ts'

type Serialize = (output: unknown) => string

export type Serializers = {
  /** An operation's answer as JSON text: exactly the members its schema names. */
  of(operation: AnyOperation): Serialize
  /** The text to keep for a retry; what is shown only once is not in it. */
  keep(operation: AnyOperation, output: unknown): string
}

/** Serializers compiled from the contract, each when it is first needed. */
export const serializersOf = (document: Document): Serializers => {
  const compiled = new Map<string, Serialize>()
  const of = (operation: AnyOperation): Serialize => {
    let serialize = compiled.get(operation.name)
    if (!serialize) {
      serialize = compile(outputOf(document, operation), document)
      compiled.set(operation.name, serialize)
    }
    return serialize
  }
  return {
    of,
    keep: (operation, output) => {
      if (!operation.shownOnce) return of(operation)(output)
      return of(operation)({
        ...(output as object),
        ...Object.fromEntries(operation.shownOnce.map((key) => [key, null])),
      })
    },
  }
}

/** The JSON Schema of an operation's answer, as the document states it. */
export const outputOf = (document: Document, operation: AnyOperation): JsonSchema => {
  const { method, path } = endpointOf(operation)
  const responses = document.paths[`/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`]?.[method.toLowerCase()]?.responses
  const schema = (responses?.['200'] ?? responses?.['201'])?.content?.['application/json']?.schema
  if (!schema) throw new Error(`${operation.name} documents no answer`)
  return schema
}

const compile = (schema: JsonSchema, document: Document): Serialize =>
  fastJson(forSerializer(schema, document) as never)

/**
 * fast-json-stringify resolves `anyOf` by validating each branch, and prints null as 0 for a plain number, so what may
 * be null is said by its own keyword `nullable`; references are written out, once within themselves.
 */
const forSerializer = (
  schema: JsonSchema,
  document: Document,
  around: readonly string[] = [],
): JsonSchema & { nullable?: boolean } => {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) as string
    // A schema within itself is written as plain JSON.
    if (around.includes(name)) return {}
    return forSerializer(document.components.schemas[name] as JsonSchema, document, [...around, name])
  }
  const branches = schema.anyOf?.filter(({ type }) => type !== 'null')
  if (branches && branches.length === 1 && branches.length !== schema.anyOf?.length) {
    return { ...forSerializer(branches[0] as JsonSchema, document, around), nullable: true }
  }
  if (schema.anyOf) return {}
  const { enum: _values, format: _format, ...rest } = schema
  const types = [schema.type ?? []].flat()
  const [type, ...more] = types.filter((each) => each !== 'null')
  // A value of one of several types is printed as it is; the compiled code would turn it into the first of them.
  if (more.length > 0) return {}
  return {
    ...rest,
    ...(type ? { type } : {}),
    ...(types.includes('null') ? { nullable: true } : {}),
    ...(schema.properties
      ? {
          properties: Object.fromEntries(
            Object.entries(schema.properties).map(([key, property]) => [
              key,
              forSerializer(property, document, around),
            ]),
          ),
        }
      : {}),
    ...(schema.items ? { items: forSerializer(schema.items, document, around) } : {}),
    ...(typeof schema.additionalProperties === 'object'
      ? { additionalProperties: forSerializer(schema.additionalProperties, document, around) }
      : {}),
  }
}
