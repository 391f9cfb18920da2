import type { FastifyInstance } from 'fastify'

export type Row = Record<string, unknown>

/** Speaks to the API as an administrator would, and stops at the first answer that is no success. */
export const playerOf = (app: FastifyInstance, apiKey: string) => {
  const send = async <T>(method: 'GET' | 'POST' | 'PATCH', url: string, payload?: Row): Promise<T> => {
    const headers = { authorization: `Bearer ${apiKey}` }
    const response = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
    if (response.statusCode >= 300) throw new Error(`The demo could not ${method} ${url}: ${response.body}`)
    return response.json<T>()
  }

  return {
    send,
    get: <T>(url: string) => send<T>('GET', url),
    /** Writes rows as one batch and remembers their ids by the keys of the demo's tables. */
    batch: async (path: string, rows: readonly { key: string; row: Row }[]): Promise<Map<string, string>> => {
      const { items } = await send<{ items: { id: string }[] }>('POST', `/v1/${path}/batch`, {
        items: rows.map(({ row }) => row),
      })
      return new Map(rows.map(({ key }, at) => [key, items[at]?.id ?? '']))
    },
  }
}

export type Player = ReturnType<typeof playerOf>

/** The id behind a key of the tables; a key nobody has is a mistake in them. */
export const idIn = (ids: ReadonlyMap<string, string>, key: string): string => {
  const id = ids.get(key)
  if (!id) throw new Error(`The demo's tables name an unknown ${key}`)
  return id
}
