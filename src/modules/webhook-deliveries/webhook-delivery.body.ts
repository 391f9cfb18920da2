import type { FeedEvent } from '../../journal/event.ts'

/** What a test event has no place in the feed for. */
type Told = Omit<FeedEvent, 'seq'> & { seq: number | null }

/** The body of a delivery as Standard Webhooks has it: `data` is the event as the feed tells it, nothing more. */
export const bodyOf = (event: Told): string =>
  JSON.stringify({ type: event.type, timestamp: event.occurredAt, data: event })
