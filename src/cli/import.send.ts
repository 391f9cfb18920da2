import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Pool } from 'pg'
import { buildApp } from '../app.ts'
import type { Report } from '../modules/measurement-imports/import.report.ts'
import { createKey } from '../modules/organization/organization.create.ts'
import { requireOrganization, revokeKey } from './key.queries.ts'
import { createProgress } from './progress.ts'

export type { Report }
export type ImportProblem = { detail: string; errors: { pointer: string; code: string; message: string }[] }
type Importer = { url: string; apiKey: string }

/** The one organization of the database. Throws where there are several, or none. */
const onlyOrganization = async (pool: Pool): Promise<string> => {
  const { rows } = await pool.query<{ id: string }>('select id from tenants limit 2')
  if (rows.length === 1 && rows[0]) return rows[0].id
  throw new Error(rows.length === 0 ? 'There is no organization yet.' : 'Say which organization: --org <id>.')
}

/**
 * Serves the API within this process for the time of `work`, with a key that ends with it: an import from the command
 * line is judged and written down like any other.
 */
export const withImporter = async <T>(
  pool: Pool,
  organizationId: string | undefined,
  work: (importer: Importer) => Promise<T>,
): Promise<T> => {
  const organization = organizationId ?? (await onlyOrganization(pool))
  await requireOrganization(pool, organization)
  const app = await buildApp({ pool, limits: { rate: null } })
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const key = { name: 'headway import', role: 'integration', scopes: ['kpi:read', 'kpi:write'], expiresAt } as const
  const { id, apiKey } = await createKey(pool, organization, key, new Date())
  try {
    return await work({ url: await app.listen({ host: '127.0.0.1', port: 0 }), apiKey })
  } finally {
    await revokeKey(pool, organization, id, new Date())
    await app.close()
  }
}

/** Sends a file to the import operation, and shows how far it is. */
export const importFile = async (
  { url, apiKey }: Importer,
  file: string,
  query: URLSearchParams,
): Promise<{ report: Report } | { problem: ImportProblem }> => {
  const { size } = await stat(file)
  const isGzip = file.endsWith('.gz')
  const sending = request(`${url}/v1/measurements/import?${query.toString()}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': /\.(ndjson|jsonl)(\.gz)?$/.test(file) ? 'application/x-ndjson' : 'text/csv',
      ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
    },
  })
  const progress = createProgress(size)
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>
  const source = createReadStream(file).on('data', (chunk) => progress.advance(chunk.length))
  // A refusal may come before all is sent, and is what matters then.
  const sent = pipeline(source, sending).catch((error: unknown) => error)
  try {
    const [answer] = await answered.catch(async (error: unknown) => {
      throw (await sent) ?? error
    })
    const body: unknown = JSON.parse(await text(answer))
    return answer.statusCode === 200 ? { report: body as Report } : { problem: body as ImportProblem }
  } finally {
    source.destroy()
    progress.end()
  }
}
