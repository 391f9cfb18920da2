import type { Context } from './operation.ts'

/** Readers of a sync start again this long before now, so that transactions still open are not missed. */
const syncLagMilliseconds = 30_000

/** From when the next sync has to look again. */
export const syncedThrough = ({ now }: Context): string => new Date(Date.parse(now) - syncLagMilliseconds).toISOString()
