import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectPool } from '../src/db/pool.ts'
import { bareReads } from './bare-reads.ts'
import type { Sent } from './record.ts'
import { play, type Script, scriptOf } from './replay.ts'
import type { Leaf, Tenant, World } from './world.ts'

/** What a server costs at the least: `node:http` and `pg` with the app's own pool settings, and nothing else. */
export type BareInput = {
  world: World
  recorded: { sent: Sent[]; tenant: Tenant; leaf: Leaf }
}

const [, , databaseUrl, file] = process.argv as [string, string, string, string]
const { world, recorded } = JSON.parse(readFileSync(file, 'utf8')) as BareInput
const pool = connectPool({ url: databaseUrl })
const reads = bareReads(pool, world)
const script: Script = scriptOf(recorded.sent, recorded.tenant, recorded.leaf)
const idsOf = new Map(
  world.graphs.flatMap(({ id, actorId, leaves }) =>
    leaves.map((leaf) => [leaf.id, [id, actorId, leaf.id, ...leaf.line]]),
  ),
)

const bodyOf = async (request: IncomingMessage): Promise<any> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return JSON.parse(text)
}

const answer = async (request: IncomingMessage): Promise<unknown> => {
  const { method, url = '' } = request
  if (url === '/graphql') {
    await bodyOf(request)
    return reads.nested()
  }
  if (url.startsWith('/v1/kpis/')) return reads.series()
  if (method === 'GET') return url.includes('?') ? reads.list() : reads.get(url.slice('/v1/objectives/'.length))
  await bodyOf(request)
  return play(pool, script, idsOf.get(url.split('/')[3] as string) as string[])
}

const server = createServer((request, response) => {
  answer(request).then(
    (body) => {
      const text = JSON.stringify(body)
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
        .end(text)
    },
    (error) => {
      console.error(error)
      response.writeHead(500).end()
    },
  )
})
server.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
)
process.once('disconnect', () => process.exit())
