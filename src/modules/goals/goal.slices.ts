import { setImmediate } from 'node:timers/promises'
import type { Context } from '../../api/operation.ts'

/**
 * Goals one statement reads or writes at most, and goals compared before others get their turn: twice the largest batch.
 * Statements have a limit of time, so none may grow with the organization.
 */
export const goalsAtOnce = 2_000

/**
 * Goals one request may rescore. All are held in memory at once, some 5 kB each, so that a larger organization would take
 * the process down, and others' requests with it.
 */
export const goalsAtMost = 200_000

/** Milliseconds, for work on more than one slice: for some 100,000 goals on a busy machine. */
const longestWork = 120_000

/** Lets a request that turns out to be about more goals than one slice take its time. */
export const allowTime = ({ mayTake }: Pick<Context, 'mayTake'>, goals: number): void => {
  if (goals > goalsAtOnce) mayTake(longestWork)
}

/** Parts of a list that one statement takes each; a list that is short enough is its only part. */
export const slicesOf = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / goalsAtOnce) }, (_, at) =>
    all.slice(at * goalsAtOnce, (at + 1) * goalsAtOnce),
  )

/**
 * Sends a statement for each slice, the next one while the one before is under way, so that Postgres and this process work
 * at once; never more, for the driver gives up on a statement by the time since it was sent. The last ones are still to
 * be waited for.
 */
export const sendSlices = async <T, R>(
  slices: readonly T[],
  send: (slice: T) => Promise<R>,
): Promise<readonly Promise<R>[]> => {
  const sent: Promise<R>[] = []
  for (const slice of slices) {
    await sent.at(-2)
    const sending = send(slice)
    sending.catch(() => {})
    sent.push(sending)
  }
  return sent
}

/** Reads or changes rows slice by slice, and answers them all. */
export const eachSlice = async <T, R>(all: readonly T[], send: (slice: T[]) => Promise<R[]>): Promise<R[]> =>
  (await Promise.all(await sendSlices(slicesOf(all), send))).flat()

/** Writes rows slice by slice. What one statement can take is not awaited: it travels with the commit. */
export const saveSlices = async <T>(
  { later }: Pick<Context, 'later'>,
  rows: readonly T[],
  send: (slice: T[]) => Promise<unknown>,
): Promise<void> => {
  for (const sent of await sendSlices(slicesOf(rows), send)) later(sent)
}

/** Goes through a list as `flatMap` does; other requests have their turn after each part of it. */
export const mapInTurns = async <T, R>(all: readonly T[], map: (each: T) => R[]): Promise<R[]> => {
  const found: R[] = []
  for (const [at, slice] of slicesOf(all).entries()) {
    if (at > 0) await setImmediate()
    for (const each of slice) found.push(...map(each))
  }
  return found
}
