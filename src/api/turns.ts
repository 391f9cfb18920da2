/**
 * Lets at most `limit` holders per key work at once; the others wait their turn here, in memory.
 * Writers of one organization mostly wait for one another's goal graph: waiting inside a transaction, each would hold
 * a connection, and one busy organization would drain the pool for all.
 */
export const createTurns = (limit: number) => {
  const queues = new Map<string, { busy: number; waiting: (() => void)[] }>()

  const release = (key: string): void => {
    const queue = queues.get(key)
    if (!queue) return
    const next = queue.waiting.shift()
    if (next) next()
    else if (--queue.busy === 0) queues.delete(key)
  }

  /** Resolves when it is this caller's turn, to the function that ends it. */
  return async (key: string): Promise<() => void> => {
    let queue = queues.get(key)
    if (!queue) queues.set(key, (queue = { busy: 0, waiting: [] }))
    if (queue.busy < limit) queue.busy++
    else await new Promise<void>((resolve) => queue.waiting.push(resolve))
    return () => release(key)
  }
}
