import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import Fastify, { type FastifyInstance } from 'fastify'

const require = createRequire(import.meta.url)
const [compress, decompress] = [promisify(gzip), promisify(gunzip)]

/** Reads a file an installed package ships, also where the package's `exports` does not name it. */
const shipped = (name: string, file: string) => (): Promise<Buffer> =>
  readFile(join(dirname(require.resolve(`${name}/package.json`)), file))

/** Scalar's package holds its browser script as text and gives it out through a plugin only. */
const scalarScript = async (): Promise<Buffer> => {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const host = Fastify()
  await host.register(scalar, { routePrefix: '/docs', configuration: { url: '/openapi.json' } })
  const { rawPayload } = await host.inject('/docs/js/scalar.js')
  await host.close()
  return rawPayload
}

const script = 'text/javascript; charset=utf-8'

export const docsAssets: Asset[] = [{ url: '/docs/scalar.js', type: script, load: scalarScript }]

export const graphiqlAssets: Asset[] = [
  { url: '/graphiql/react.js', type: script, load: shipped('react', 'umd/react.production.min.js') },
  { url: '/graphiql/react-dom.js', type: script, load: shipped('react-dom', 'umd/react-dom.production.min.js') },
  { url: '/graphiql/graphiql.js', type: script, load: shipped('graphiql', 'graphiql.min.js') },
  { url: '/graphiql/graphiql.css', type: 'text/css; charset=utf-8', load: shipped('graphiql', 'graphiql.min.css') },
]

type Asset = { url: string; type: string; load: () => Promise<Buffer> }

/**
 * Serves an asset, read and compressed when first asked for. Browsers keep it but ask each time whether it changed, so
 * an upgrade never pairs a new page with an old script.
 */
export const serveAsset = (app: FastifyInstance, { url, type, load }: Asset): void => {
  let packed: Promise<{ bytes: Buffer; etag: string }> | undefined
  const pack = async () => {
    const bytes = await compress(await load())
    return { bytes, etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` }
  }
  app.get(url, { logLevel: 'warn' }, async (request, reply) => {
    packed ??= pack().catch((error: unknown) => {
      packed = undefined
      throw error
    })
    const { bytes, etag } = await packed
    reply.headers({ etag, vary: 'accept-encoding', 'cache-control': 'public, no-cache' })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    reply.type(type)
    if (/\bgzip\b/.test(request.headers['accept-encoding'] ?? ''))
      return reply.header('content-encoding', 'gzip').send(bytes)
    return reply.send(await decompress(bytes))
  })
}
