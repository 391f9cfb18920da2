import pg from 'pg'
import { stringify } from 'uuid'
import { buildApp } from '../src/app.ts'
import { connectPool } from '../src/db/pool.ts'

/** A statement as the app sent it, and how many answers had come back by then. */
export type Sent = { text: string; values: unknown[]; answered: number }

type Call = { key: string; method: 'GET' | 'POST'; url: string; body?: unknown }

/** Carries out one call in this process and notes every statement it sends to Postgres. */
export const record = async (databaseUrl: string, { key, method, url, body }: Call): Promise<Sent[]> => {
  const pool = connectPool({ url: databaseUrl })
  const app = await buildApp({ pool })
  const ask = () =>
    app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...(body ? { payload: body } : {}) })
  // The first call also looks the credential up.
  await app.inject({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${key}` } })
  const sent: Sent[] = []
  const restore = listen(sent)
  try {
    const answer = await ask()
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
  } finally {
    restore()
    await app.close()
    await pool.end()
  }
  return sent
}

/** An array sent in binary (src/db/binary-arrays.ts), as its elements, so that ids in it can be exchanged. */
export type BinaryArray = { type: 'uuid' | 'jsonb'; elements: (string | null)[] }

const uuidOid = 2950

const readable = (value: unknown): unknown => {
  if (!Buffer.isBuffer(value)) return value
  const type = value.readInt32BE(8) === uuidOid ? 'uuid' : 'jsonb'
  const elements: BinaryArray['elements'] = []
  for (let at = 20; at < value.length; ) {
    const length = value.readInt32BE(at)
    const bytes = value.subarray(at + 4, at + 4 + length)
    if (length < 0) elements.push(null)
    else elements.push(type === 'uuid' ? stringify(bytes) : bytes.toString('utf8', 1))
    at += 4 + Math.max(length, 0)
  }
  return { type, elements } satisfies BinaryArray
}

const listen = (sent: Sent[]): (() => void) => {
  const { prototype } = pg.Client as unknown as { prototype: { query: (...given: any[]) => any } }
  const original = prototype.query
  let answered = 0
  prototype.query = function (this: unknown, config: string | { text: string; values?: unknown[] }, ...rest: any[]) {
    const { text, values } = typeof config === 'string' ? { text: config } : config
    sent.push({ text, values: (values ?? rest[0] ?? []).map(readable), answered })
    const result = original.call(this, config, ...rest)
    void result?.then(
      () => answered++,
      () => {},
    )
    return result
  }
  return () => {
    prototype.query = original
  }
}
