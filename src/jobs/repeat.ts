import type { FastifyBaseLogger } from 'fastify'

/**
 * Runs a job now and again and again, never twice at once; the answer ends it, after the run that may be under way. A
 * run that fails is logged and tried again next time. `signal` tells a run that its end is wanted.
 */
export const repeat = (
  job: (signal: AbortSignal) => Promise<void>,
  { name, everyMilliseconds, log }: { name: string; everyMilliseconds: number; log: FastifyBaseLogger },
): (() => Promise<void>) => {
  const ending = new AbortController()
  const run = () => job(ending.signal).catch((error: unknown) => log.error({ err: error }, `the ${name} job failed`))
  let running = run()
  const timer = setInterval(() => {
    running = running.then(run)
  }, everyMilliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    ending.abort()
    await running
  }
}
