import { setTimeout as sleep } from 'node:timers/promises'

const drainMilliseconds = 5_000
const hardStopMilliseconds = 25_000

/**
 * Ends the process in order. SIGTERM comes from a supervisor that may still send requests: for 5 s the service says it is
 * not ready and goes on serving. SIGINT and SIGHUP come from a terminal: it closes at once, as after any second signal.
 * Whatever hangs is left behind after 25 s.
 */
export const createLifecycle = () => {
  const closers: (() => Promise<unknown>)[] = []
  const hurry = new AbortController()
  let serving = false
  let draining = false
  let ended: Promise<void> | undefined

  const close = async (): Promise<void> => {
    setTimeout(() => process.exit(1), hardStopMilliseconds).unref()
    for (const closer of closers.splice(0).reverse())
      await closer().catch((error: unknown) => {
        process.stderr.write(`headway: while stopping: ${(error as Error).message}\n`)
      })
  }
  const end = (): Promise<void> => (ended ??= close())

  const onSignal = async (signal: NodeJS.Signals): Promise<void> => {
    if (draining || !serving || signal !== 'SIGTERM') hurry.abort()
    draining = true
    await sleep(drainMilliseconds, undefined, { signal: hurry.signal }).catch(() => {})
    await end()
    process.exit()
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void onSignal(signal))

  return {
    /** What was opened last is closed first. */
    closeAtEnd: (closer: () => Promise<unknown>): void => void closers.push(closer),
    /** From here on requests may be on their way. */
    nowServing: (): void => {
      serving = true
    },
    isDraining: (): boolean => draining,
    isEnding: (): boolean => ended !== undefined,
    end,
  }
}
