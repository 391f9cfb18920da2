/**
 * How far back from its beginning an export is whole, in milliseconds: a transaction that began before may still commit rows
 * dated before.
 */
export const lagMilliseconds = 30_000
