import { expect } from 'vitest'
import type { FeedEvent } from '../../src/journal/event.ts'
import type { Caller } from './app.ts'

type Page = { items: FeedEvent[]; nextCursor: string }

export const page = async (call: Caller, query = ''): Promise<Page> => {
  const { status, body } = await call('GET', `/v1/events${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

/** Everything a reader can read, page by page to the end. */
export const readAll = async (call: Caller, query = ''): Promise<FeedEvent[]> => {
  const events: FeedEvent[] = []
  for (let after = '0'; ; ) {
    const { items, nextCursor } = await page(call, `?after=${after}${query}`)
    events.push(...items)
    if (nextCursor === after) return events
    after = nextCursor
  }
}

/** Waits until the feed holds what was written so far: its newest event is about `id`. */
export const untilSequenced = async (call: Caller, subject: string, type: string): Promise<FeedEvent> => {
  const { items } = await page(call, `?subject=${subject}&types=${type}&wait=10`)
  expect(items.length, `${type} was not sequenced within 10 s`).toBeGreaterThan(0)
  return items.at(-1) as FeedEvent
}

/** Server-sent events as they come; ends when the server ends the stream. */
export async function* eventsOf(response: Response) {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const valueOf = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      yield { id: valueOf('id'), event: valueOf('event'), data: valueOf('data') }
    }
  }
}

/** The events a stream tells, without its heartbeats, until `count` have come. */
export const take = async (response: Response, count: number): Promise<FeedEvent[]> => {
  const events: FeedEvent[] = []
  for await (const { event, data } of eventsOf(response)) {
    if (event === undefined) continue
    if (event === 'problem') throw new Error(data)
    events.push(JSON.parse(data ?? '') as FeedEvent)
    if (events.length >= count) break
  }
  return events
}
