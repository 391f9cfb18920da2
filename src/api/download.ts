import { z } from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { placesOf } from './endpoint.ts'

/**
 * A route that streams a file, which is no operation: it answers no JSON, and reads outside of the door's transaction. Its
 * handler judges by `input`, and the document describes it, so that they cannot disagree.
 */
export type Download = {
  /** OpenAPI operationId. */
  name: string
  summary: string
  /** Begins as those of operations do: which scope it takes. */
  description: string
  rest: `GET /${string}`
  tag: string
  /** Path and query members side by side. */
  input: z.ZodObject
  headers: z.ZodObject
  /** Besides problems in general. */
  responses: ZodOpenApiResponsesObject
  /** HEAD answers the headers of the whole, whatever range is asked for. */
  hasHead?: true
}

const problem = { $ref: '#/components/responses/Problem' }

/** What `openApiOf` prints of a download. It takes Basic too, for tools that know nothing else. */
export const downloadPaths = (download: Download): ZodOpenApiPathsObject => {
  const { name, summary, description, tag, headers, responses, hasHead } = download
  const { path, inPath, inQuery } = placesOf(download)
  const get: ZodOpenApiOperationObject = {
    operationId: name,
    summary,
    tags: [tag],
    description,
    security: [{ bearer: [] }, { basic: [] }],
    requestParams: { path: z.object(inPath), query: z.object(inQuery), header: headers },
    responses: { ...responses, '4XX': problem, '5XX': problem } as never,
  }
  const { '206': _part, '416': _beyond, ...answers } = get.responses
  const { content: _body, ...whole } = responses['200'] as { content: unknown; description: string }
  const head = { ...get, operationId: `${name}Head`, responses: { ...answers, '200': whole } }
  return { [`/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`]: hasHead ? { get, head } : { get } }
}
