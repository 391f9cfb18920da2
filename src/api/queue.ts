import type { Database } from '../db/transaction.ts'

/** What may be asked for to be done later. */
export type QueueName = 'exports'

/** Something of an organization to work on. */
export type Work = { tenantId: string; id: string }

/** Asks for work within a transaction: it is there when, and only if, that is committed. */
export type Queue = (db: Database, name: QueueName, work: Work) => Promise<unknown>

/** For a process beside which nobody works: what is asked for is never done. */
export const unworked: Queue = async () => {}
