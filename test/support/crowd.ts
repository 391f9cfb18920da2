import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { v7 } from 'uuid'
import { writeEvents } from '../../src/api/journal.ts'
import { openTransaction } from '../../src/db/transaction.ts'
import { eventsOf } from './feed.ts'

type Place = { seq: number; id: string }
type Crowd = { pool: Pool; organizationId: string; key: string; any: () => string }

const odds = (share: number): boolean => Math.random() < share

/** Writes transactions of one to three events until `enough`: some are slow, some are rolled back. Answers what it committed. */
export const writer = async (
  { pool, organizationId }: Crowd,
  enough: () => boolean,
  wrote: (count: number) => void,
) => {
  const committed: string[] = []
  while (!enough()) {
    const ids = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => v7())
    const transaction = await openTransaction(pool, organizationId, 'write')
    const actor = { kind: 'command_line', id: organizationId, tenantId: organizationId } as const
    await writeEvents(
      { db: transaction.db, now: new Date().toISOString(), actor },
      ids.map((id) => ({ type: 'team.updated', subject: { type: 'team', id } })),
    )
    await sleep(odds(0.1) ? 80 + Math.random() * 80 : Math.random() * 6)
    if (odds(0.08)) {
      await transaction.rollback()
      continue
    }
    await transaction.commit()
    committed.push(...ids)
    wrote(ids.length)
  }
  return committed
}

/** Writes through whichever node is there, and repeats what one that died did not answer. */
export const client = async ({ key, any }: Crowd, enough: () => boolean): Promise<string[]> => {
  const created: string[] = []
  while (!enough()) {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    }
    for (let id: string | undefined; id === undefined; ) {
      id = await fetch(`${any()}/v1/teams`, { method: 'POST', headers, body: '{"name":"Team"}' })
        .then(async (answer) => ((await answer.json()) as { id?: string }).id)
        .catch(() => undefined)
      if (id) created.push(id)
      else await sleep(20)
    }
  }
  return created
}

/** Reads the feed by long polls until `done`; a node that is gone is left for another. */
export const poller = async ({ key, any }: Crowd, done: (last: number) => boolean): Promise<Place[]> => {
  const places: Place[] = []
  for (let after = '0'; !done(Number(after)); ) {
    try {
      const answer = await fetch(`${any()}/v1/events?after=${after}&wait=1`, {
        headers: { authorization: `Bearer ${key}` },
      })
      const { items, nextCursor } = (await answer.json()) as { items: Place[]; nextCursor: string }
      places.push(...items)
      after = nextCursor
    } catch {
      await sleep(20)
    }
  }
  return places
}

/** Listens until `done`, and goes on elsewhere where its node left it. */
export const listener = async ({ key, any }: Crowd, done: (last: number) => boolean): Promise<Place[]> => {
  const places: Place[] = []
  for (let last = '0'; !done(Number(last)); ) {
    try {
      const headers = { authorization: `Bearer ${key}`, 'last-event-id': last }
      for await (const { id, data } of eventsOf(await fetch(`${any()}/v1/events/stream`, { headers }))) {
        if (data) places.push(JSON.parse(data) as Place)
        if (id) last = id
        if (done(Number(last))) break
      }
    } catch {
      await sleep(20)
    }
  }
  return places
}
