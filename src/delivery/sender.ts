import type { FastifyBaseLogger } from 'fastify'
import type { Dispatcher } from 'undici'
import { tryOnce } from './attempt.ts'
import type { Ended, Leased } from './lease.ts'
import { type Step, type StepOptions, step } from './step.ts'

export type SenderOptions = StepOptions & {
  log: Pick<FastifyBaseLogger, 'error'>
  agent: Dispatcher
  /** Called after an event was written here, so that it is sequenced soon. */
  wrote?: (tenantId: string) => void
  observe?: (ended: Ended) => void
}

export type Sender = {
  /** The organization's feed has grown, or something may be due. */
  wake: (tenantId: string) => void
  /** Resolves when nothing is under way here and everything that ended is written down. */
  idle: () => Promise<void>
  inFlight: () => number
  stop: () => Promise<void>
}

/** Organizations whose step is under way on this node, each on a connection of the pool. */
const lanes = 4
/** Requests under way on this node. An organization has at most 100 of them: 50 endpoints, two each. */
const inFlightAtMost = 500
/** Tries still under way so long after a stop are cut off, and given back. */
const drainMilliseconds = 5_000
const pauseAfterFailure = 1_000
const pauseWhenBusy = 1_000
/** Whatever is due later is found by the sweep. */
const timerAtMost = 60_000

type Desk = { ended: Ended[]; isFresh: boolean; isDue: boolean; working: boolean; timer: NodeJS.Timeout | undefined }

/**
 * Sends deliveries from this node. Each organization has a desk that takes one step at a time; tries run beside it and
 * hand in how they ended, so nobody waits for the slowest of a batch. Any number of nodes may do so at once.
 */
export const createSender = (options: SenderOptions): Sender => {
  const { log, agent, clock, wrote = () => {}, observe = () => {} } = options
  const desks = new Map<string, Desk>()
  const cutting = new AbortController()
  const queue = new Set<string>()
  let busy = 0
  let inFlight = 0
  let stopping = false
  let idlers: (() => void)[] = []

  const deskOf = (tenantId: string): Desk => {
    let desk = desks.get(tenantId)
    if (!desk) {
      desk = { ended: [], isFresh: false, isDue: false, working: false, timer: undefined }
      desks.set(tenantId, desk)
    }
    return desk
  }

  const send = (tenantId: string, leased: Leased): void => {
    inFlight++
    void tryOnce({ agent, clock, signal: cutting.signal }, leased).then((ended) => {
      inFlight--
      observe(ended)
      deskOf(tenantId).ended.push(ended)
      work(tenantId)
    })
  }

  const follow = (tenantId: string, desk: Desk, { leased, more, wait, told }: Step): void => {
    for (const each of leased) send(tenantId, each)
    desk.isFresh ||= more
    if (told) wrote(tenantId)
    if (wait !== null && wait < timerAtMost) ring(tenantId, desk, Math.max(wait, 0) + 5)
  }

  const ring = (tenantId: string, desk: Desk, milliseconds: number): void => {
    clearTimeout(desk.timer)
    desk.timer = setTimeout(() => {
      desk.timer = undefined
      desk.isDue = true
      work(tenantId)
    }, milliseconds).unref()
  }

  const isWaiting = ({ ended, isFresh, isDue }: Desk) => ended.length > 0 || (!stopping && (isFresh || isDue))

  const takeSteps = async (tenantId: string, desk: Desk): Promise<void> => {
    while (isWaiting(desk)) {
      const { isFresh } = desk
      const ended = desk.ended.splice(0)
      desk.isFresh = desk.isDue = false
      const room = stopping ? 0 : inFlightAtMost - inFlight
      try {
        follow(tenantId, desk, await step(options, tenantId, { ended, isFresh: isFresh && !stopping, room }))
        if (room <= 0 && !stopping) ring(tenantId, desk, pauseWhenBusy)
      } catch (error) {
        log.error({ err: error, tenantId }, 'a step of deliveries failed')
        // While stopping what is not written down stays leased, and is tried again when the lease is over.
        if (stopping) return
        desk.ended.unshift(...ended)
        desk.isFresh ||= isFresh
        ring(tenantId, desk, pauseAfterFailure)
        return
      }
    }
  }

  const work = (tenantId: string): void => {
    const desk = deskOf(tenantId)
    if (desk.working) return
    if (busy >= lanes) {
      queue.add(tenantId)
      return
    }
    desk.working = true
    busy++
    void takeSteps(tenantId, desk).finally(() => {
      desk.working = false
      busy--
      // Somebody may have come while the last step was being put away.
      if (!desk.timer && isWaiting(desk)) queue.add(tenantId)
      else if (!desk.timer) desks.delete(tenantId)
      for (const next of [...queue].slice(0, lanes - busy)) {
        queue.delete(next)
        work(next)
      }
      if (isIdle()) for (const resolve of idlers.splice(0)) resolve()
    })
  }

  const isIdle = () =>
    inFlight === 0 && busy === 0 && queue.size === 0 && [...desks.values()].every(({ ended }) => ended.length === 0)
  const idle = () => (isIdle() ? Promise.resolve() : new Promise<void>((resolve) => idlers.push(resolve)))

  return {
    wake: (tenantId) => {
      if (stopping) return
      deskOf(tenantId).isFresh = true
      work(tenantId)
    },
    idle,
    inFlight: () => inFlight,
    stop: async () => {
      stopping = true
      for (const [tenantId, desk] of desks) {
        clearTimeout(desk.timer)
        desk.timer = undefined
        work(tenantId)
      }
      const cut = setTimeout(() => cutting.abort(), drainMilliseconds)
      await idle()
      clearTimeout(cut)
      idlers = []
    },
  }
}
