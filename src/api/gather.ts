type Waiting<C, R> = { call: C; resolve: (result: R) => void; reject: (error: unknown) => void }
type CarryOut<C, R> = (calls: C[]) => Promise<PromiseSettledResult<R>[]>

/** Hands a call in and resolves to its own result; calls of the same key that come while one is under way go together. */
export type Gather = <C, R>(key: string, call: C, carryOut: CarryOut<C, R>) => Promise<R>

/** The most calls of one set. */
const setAtMost = 100

/**
 * Group commit. The first call of a key starts at once and alone; those that come meanwhile would only wait for the same
 * lock, so they wait here and are carried out as one set when it is done. Nobody waits for a set to fill.
 */
export const createGathering = (): Gather => {
  const queues = new Map<string, Waiting<never, never>[]>()

  const runAll = async <C, R>(key: string, carryOut: CarryOut<C, R>): Promise<void> => {
    const queue = queues.get(key) as unknown as Waiting<C, R>[]
    while (queue.length > 0) {
      const set = queue.splice(0, setAtMost)
      try {
        const results = await carryOut(set.map(({ call }) => call))
        for (const [at, { resolve, reject }] of set.entries()) {
          const result = results[at]
          if (result?.status === 'fulfilled') resolve(result.value)
          else reject(result?.reason)
        }
      } catch (error) {
        for (const { reject } of set) reject(error)
      }
    }
    queues.delete(key)
  }

  return <C, R>(key: string, call: C, carryOut: CarryOut<C, R>) =>
    new Promise<R>((resolve, reject) => {
      const waiting = { call, resolve, reject } as unknown as Waiting<never, never>
      const queue = queues.get(key)
      if (queue) {
        queue.push(waiting)
        return
      }
      queues.set(key, [waiting])
      void runAll(key, carryOut)
    })
}
