import type { Context } from '../api/operation.ts'
import { Problem } from '../api/problem.ts'
import type { Writes } from '../api/writes.ts'

/** Whether a path member can be an id at all: what cannot names nobody, which is a 404. */
export const isId = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)

/** The context for writes to other rows than the one the client spoke of: If-Match is not theirs. */
export const unversioned = (ctx: Context): Context => ({ ...ctx, ifMatch: undefined })

/** @throws Problem 412 where the client builds on another version */
export const requireMatch = ({ ifMatch }: Context, version: number): void => {
  if (ifMatch !== undefined && ifMatch !== version)
    throw new Problem('precondition_failed', `The version is ${version}, not ${ifMatch}`)
}

/** Writers are typed by their rows; sets of entries are not. */
export const plain = (writes: unknown): Writes => writes as Writes
