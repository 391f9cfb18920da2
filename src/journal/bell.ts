import { randomUUID } from 'node:crypto'
import { Client, type Pool } from 'pg'
import type { Watch } from '../api/journal.ts'

const channel = 'headway_events'

/** Ids in one notification: its text may have 8,000 bytes. */
const idsAtOnce = 200
/** Without notifications, as behind a transaction pooler, whoever waits looks this often. */
const deafMilliseconds = 1_000
const reconnectMilliseconds = 1_000

/**
 * Tells the nodes whose feed has grown. A notification is only a hint to look: one that is lost costs time, never an event.
 * It is sent after the commit by itself, because it would make commits wait for each other.
 */
export const createBell = (pool: Pool) => {
  const own = randomUUID()
  const watches = new Map<string, Set<() => void>>()
  const listeners = new Set<(tenantId: string) => void>()
  const unsaid = new Set<string>()
  let saying: Promise<void> | undefined
  let client: Client | undefined
  let hears = false
  let ended = false
  let retry: NodeJS.Timeout | undefined

  const heard = (tenantId: string): void => {
    for (const wake of watches.get(tenantId) ?? []) wake()
    for (const listener of listeners) listener(tenantId)
  }

  const say = async (): Promise<void> => {
    while (unsaid.size > 0) {
      const ids = [...unsaid].slice(0, idsAtOnce)
      for (const id of ids) unsaid.delete(id)
      await pool.query({ name: 'bell', text: 'select pg_notify($1, $2)', values: [channel, `${own} ${ids.join()}`] })
    }
  }

  /** Connects when somebody listens for the first time; again whenever the connection is lost. */
  const connect = async (): Promise<void> => {
    const { connectionString } = pool.options
    const connecting = new Client({ connectionString, application_name: 'headway bell', keepAlive: true })
    client = connecting
    const lost = () => {
      if (client !== connecting) return
      client = undefined
      hears = false
      void connecting.end().catch(() => {})
      if (!ended) retry = setTimeout(reconnect, reconnectMilliseconds).unref()
    }
    connecting.on('error', lost).on('end', lost)
    connecting.on('notification', ({ payload = '' }) => {
      hears = true
      const [node, ids = ''] = payload.split(' ')
      if (node !== own && ids !== '') for (const id of ids.split(',')) heard(id)
    })
    try {
      await connecting.connect()
      await connecting.query(`listen ${channel}`)
      // Sent by another connection: only what comes back proves that this one hears.
      await pool.query('select pg_notify($1, $2)', [channel, own])
      // What was stamped while nobody listened.
      for (const tenantId of watches.keys()) heard(tenantId)
    } catch {
      lost()
    }
  }
  const reconnect = () => {
    retry = undefined
    void connect()
  }
  const listen = () => {
    if (!client && !retry && !ended) void connect()
  }

  const watch = (tenantId: string): Watch => {
    listen()
    let grown = false
    let resume: (() => void) | undefined
    const wake = () => {
      grown = true
      resume?.()
    }
    const others = watches.get(tenantId) ?? new Set()
    watches.set(tenantId, others.add(wake))
    return {
      next: (milliseconds, signal) =>
        new Promise((resolve) => {
          const done = () => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', done)
            resume = undefined
            grown = false
            resolve()
          }
          resume = done
          const timer = setTimeout(done, hears ? milliseconds : Math.min(milliseconds, deafMilliseconds))
          signal?.addEventListener('abort', done)
          if (grown || ended || signal?.aborted) done()
        }),
      close: () => {
        others.delete(wake)
        if (others.size === 0 && watches.get(tenantId) === others) watches.delete(tenantId)
      },
    }
  }

  return {
    watch,
    ring: (tenantId: string): void => {
      heard(tenantId)
      unsaid.add(tenantId)
      saying ??= say()
        .catch(() => {})
        .finally(() => {
          saying = undefined
        })
    },
    onRing: (listener: (tenantId: string) => void) => {
      listen()
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop: async (): Promise<void> => {
      ended = true
      clearTimeout(retry)
      for (const wakes of watches.values()) for (const wake of wakes) wake()
      await saying
      await client?.end().catch(() => {})
    },
  }
}
