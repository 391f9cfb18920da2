import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import type { Journal } from '../api/journal.ts'
import { createBell } from './bell.ts'
import { sequence } from './sequence.ts'

export type KeeperOptions = {
  pool: Pool
  log: Pick<FastifyBaseLogger, 'error'>
  /** How often is looked for what no other node has stamped, such as one that died. */
  everyMilliseconds?: number
}

export type Keeper = Journal & {
  /** Called with the organization whose feed has grown, on whichever node; the answer takes it back. */
  onGrowth: (listener: (tenantId: string) => void) => () => void
  /** Stamps what is left of this node's writes, and ends. */
  stop: () => Promise<void>
}

/** An organization that writes without pause is stamped this often, in batches; one that was quiet at once. */
const pauseMilliseconds = 100
/** Organizations stamped at the same time. */
const lanes = 2
const mostAtOnce = 500

/**
 * Runs the sequencer on this node. It is woken by the node's own writes and looks by itself for those of others; any
 * number of nodes may do so at once (sequence.ts).
 */
export const startKeeper = ({ pool, log, everyMilliseconds = 1_000 }: KeeperOptions): Keeper => {
  const bell = createBell(pool)
  const dirty = new Set<string>()
  /** When an organization may be stamped again; also of those under way. */
  const restUntil = new Map<string, number>()
  let busy = 0
  let ended = false
  let timer: NodeJS.Timeout | undefined
  let allDone: (() => void) | undefined

  const nextDue = (): string | undefined => {
    const now = performance.now()
    for (const tenantId of dirty) if (ended || (restUntil.get(tenantId) ?? 0) <= now) return tenantId
    return undefined
  }

  const stamp = async (tenantId: string): Promise<void> => {
    try {
      const { events, more } = await sequence(pool, tenantId)
      if (more) dirty.add(tenantId)
      if (events > 0) bell.ring(tenantId)
    } catch (error) {
      // Its row in `unsequenced` is still there: the next look finds it.
      if (!ended) log.error({ err: error, tenantId }, 'sequencing failed')
    }
  }

  const work = (): void => {
    while (busy < lanes) {
      const tenantId = nextDue()
      if (tenantId === undefined) break
      dirty.delete(tenantId)
      restUntil.set(tenantId, Infinity)
      busy++
      void stamp(tenantId).then(() => {
        busy--
        restUntil.set(tenantId, performance.now() + pauseMilliseconds)
        work()
      })
    }
    if (busy === 0 && dirty.size === 0) allDone?.()
    clearTimeout(timer)
    if (dirty.size > 0 && busy < lanes) timer = setTimeout(work, pauseMilliseconds / 4).unref()
    if (restUntil.size > 10_000) for (const [id, at] of restUntil) if (at < performance.now()) restUntil.delete(id)
  }

  const wake = (tenantId: string): void => {
    dirty.add(tenantId)
    if (busy < lanes) work()
  }

  const look = async (): Promise<void> => {
    const { rows } = await pool.query<{ id: string }>({
      name: 'unsequenced_look',
      text: 'select distinct id from unsequenced limit $1',
      values: [mostAtOnce],
    })
    for (const { id } of rows) wake(id)
  }
  const looking = setInterval(() => {
    look().catch((error: unknown) => {
      if (!ended) log.error({ err: error }, 'looking for unsequenced events failed')
    })
  }, everyMilliseconds).unref()

  return {
    wake,
    watch: bell.watch,
    onGrowth: bell.onRing,
    stop: async () => {
      ended = true
      clearInterval(looking)
      const done = new Promise<void>((resolve) => {
        allDone = resolve
      })
      work()
      await done
      clearTimeout(timer)
      await bell.stop()
    },
  }
}
