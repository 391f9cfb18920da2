import { isUtf8 } from 'node:buffer'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { parseJson } from '../api/json.ts'
import { Problem } from '../api/problem.ts'

const BYTE_ORDER_MARK = '\uFEFF'

/**
 * The only media types read are JSON and JSON Merge Patch, as UTF-8 (RFC 8259 §8.1); everything else answers 415.
 * A JSON content type without a body, which clients send on DELETE and bare POST, leaves the body undefined.
 * A plugin registered later may add a parser of its own inside its scope.
 */
const jsonBody: FastifyPluginAsync = async (app) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(['application/json', 'application/merge-patch+json'], { parseAs: 'buffer' }, readJson)
  app.addContentTypeParser('*', async () => {
    throw new Problem('unsupported_media_type', 'Send application/json or application/merge-patch+json')
  })
}

/** The parser of every media type that is JSON. */
export const readJson = async (request: FastifyRequest, bytes: Buffer): Promise<unknown> => {
  refuseOtherCharset(request.headers['content-type'])
  return bytes.length === 0 ? undefined : parseJson(decode(bytes))
}

const refuseOtherCharset = (contentType = '') => {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]
  if (charset && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new Problem('unsupported_media_type', 'JSON is read as UTF-8 only')
  }
}

const decode = (bytes: Buffer): string => {
  if (!isUtf8(bytes)) {
    const message = 'The body is not UTF-8'
    throw new Problem('invalid_json', message, { errors: [{ pointer: '', code: 'not_utf8', message }] })
  }
  const text = bytes.toString('utf8')
  // Some Windows clients send it; RFC 8259 lets a reader skip it, JSON.parse does not.
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}

/** Registered on the root, so that every scope opened afterwards reads bodies this way. */
export const body = fp(jsonBody, { name: 'body', fastify: '5.x' })
