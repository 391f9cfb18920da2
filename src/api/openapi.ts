import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { downloadPaths } from './download.ts'
import { placesOf } from './endpoint.ts'
import { eventTypesOf } from './event-types.ts'
import { eventSchemasOf, webhooksOf } from './openapi-events.ts'
import type { AnyOperation, Module } from './operation.ts'
import { problemSchema } from './problem.ts'

export type JsonSchema = {
  $ref?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  description?: string
  default?: unknown
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  additionalProperties?: boolean | JsonSchema
  pattern?: string
}

export type Parameter = { name: string; in: string; required?: boolean; schema: JsonSchema; description?: string }
export type OperationObject = {
  operationId: string
  summary: string
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>
}
export type Document = {
  openapi: string
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Record<string, JsonSchema> }
}

const json = 'application/json'
const problem = { $ref: '#/components/responses/Problem' }

const writeParameters = z.object({
  validateOnly: z
    .boolean()
    .optional()
    .meta({ description: 'Check everything, store nothing, answer what would be answered.' }),
})
const writeHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'A retry with the same key gets the same answer, for 24 hours.' }),
})
const versionHeaders = z.object({
  'If-Match': z.string().optional().meta({ description: 'The ETag the change builds on: 412 when it is stale.' }),
})

/** The OpenAPI 3.1 document of all operations: the contract from which GraphQL and the serializers are printed too. */
export const openApiOf = (modules: readonly Module[], version: string): Document => {
  const operations = modules.flatMap((module) => module.operations)
  const paths: ZodOpenApiPathsObject = {}
  for (const operation of operations) {
    const { method, path } = placesOf(operation)
    const at = `/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`
    paths[at] = { ...paths[at], [method.toLowerCase()]: operationObject(operation) }
    if (operation.patient) paths[`${at}/stream`] = { get: streamObject(operation) }
  }
  for (const download of modules.flatMap(({ downloads = [] }) => downloads))
    Object.assign(paths, downloadPaths(download))
  const types = eventTypesOf(modules)
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Headway',
        version,
        description:
          'Objectives, key results and check-ins over REST and GraphQL. See /docs for the reference, /graphql for the same in GraphQL.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This server' }],
      security: [{ bearer: [] }],
      tags: [...new Set(modules.map(({ resource }) => resource?.name ?? 'Me'))].map((name) => ({ name })),
      paths,
      webhooks: webhooksOf(types) as never,
      components: {
        schemas: {
          Problem: problemSchema,
          ...eventSchemasOf(types),
          ...Object.fromEntries(
            modules.flatMap(({ resource }) => (resource ? [[resource.name, resource.schema]] : [])),
          ),
        },
        responses: {
          Problem: {
            description: 'What went wrong',
            content: { 'application/problem+json': { schema: problemSchema } },
          },
        },
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a JWT of the configured issuer.' },
          basic: { type: 'http', scheme: 'basic', description: 'An API key: up to its third `_`, and the rest.' },
        },
      },
    },
    { override: ({ jsonSchema }) => tidy(jsonSchema as JsonSchema) },
  ) as unknown as Document
  sayDefaults(document)
  return document
}

const operationObject = (operation: AnyOperation): ZodOpenApiOperationObject => {
  const { method, inPath, inQuery, body } = placesOf(operation)
  const writes = method !== 'GET'
  const query = { ...inQuery, ...(writes ? writeParameters.shape : {}) }
  const header = {
    ...(writes ? writeHeaders.shape : {}),
    ...(method === 'PATCH' || method === 'DELETE' ? versionHeaders.shape : {}),
  }
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [operation.tag ?? operation.returns ?? 'Me'],
    description: credentialOf(operation),
    requestParams: { path: z.object(inPath), query: z.object(query), header: z.object(header) },
    ...(body ? { requestBody: { required: true, content: contentOf(operation, body) } } : {}),
    responses: { ...successes(operation), '4XX': problem, '5XX': problem } as never,
  }
}

const credentialOf = ({ scope }: AnyOperation): string => (scope ? `Scope \`${scope}\`.` : 'Any valid credential.')

/** The same as server-sent events, whose `id` is where to go on. */
const streamObject = (operation: AnyOperation): ZodOpenApiOperationObject => {
  const { limit: _limit, wait: _wait, ...query } = placesOf(operation).inQuery
  const header = {
    'Last-Event-ID': z.string().optional().meta({ description: 'The `id` of the last event received.' }),
  }
  return {
    operationId: `${operation.name}Stream`,
    summary: `${operation.summary}, as they happen`,
    tags: [operation.tag ?? 'Me'],
    description: `${credentialOf(operation)} Begins behind what there is, unless \`after\` or \`Last-Event-ID\` says where.`,
    requestParams: { query: z.object(query), header: z.object(header) },
    responses: {
      200: { description: 'Events without end', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      '4XX': problem,
      '5XX': problem,
    } as never,
  }
}

/** A body that is streamed has a media type and no schema. */
const contentOf = ({ upload }: AnyOperation, body: z.ZodType) =>
  upload
    ? Object.fromEntries(upload.mediaTypes.map((type) => [type, { schema: { type: 'string' as const } }]))
    : { [json]: { schema: body } }

const successes = ({ rest, status, output, picture }: AnyOperation) => {
  const content = { [picture ?? json]: { schema: output } }
  if (status === 204) return { 204: { description: 'Done' }, 200: { description: 'With validateOnly', content } }
  if (typeof status === 'function')
    return { 200: { description: 'Changed', content }, 201: { description: 'Created', content } }
  const code = status ?? (rest.startsWith('POST ') ? 201 : 200)
  return code === 201
    ? { 201: { description: 'Created', content }, 200: { description: 'With validateOnly', content } }
    : { 200: { description: 'OK', content } }
}

/** Makes zod's schema the shortest that says the same: `type: [string, null]`, no pattern where a format says it. */
const tidy = (schema: JsonSchema): void => {
  if (schema.format) delete schema.pattern
  const { anyOf } = schema
  if (!anyOf || anyOf.length !== 2 || anyOf[1]?.type !== 'null' || anyOf[0]?.$ref || typeof anyOf[0]?.type !== 'string')
    return
  const { description } = schema
  delete schema.anyOf
  if (anyOf[0].format) delete anyOf[0].pattern
  Object.assign(schema, anyOf[0], { type: [anyOf[0].type, 'null'] }, description ? { description } : {})
  if (schema.enum) schema.enum = [...schema.enum, null]
}

/**
 * Defaults are said in words, all through the document. Generators take a member with a `default` for one that is
 * always there, and would make callers write out every member of a create.
 */
const sayDefaults = (node: object): void => {
  if ('default' in node) {
    const { default: value, description } = node as JsonSchema
    delete node.default
    if (value !== null && !isEmpty(value)) {
      Object.assign(node, { description: `${description ?? ''} Unless said: ${JSON.stringify(value)}.`.trim() })
    }
  }
  for (const child of Object.values(node)) if (typeof child === 'object' && child !== null) sayDefaults(child)
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0
