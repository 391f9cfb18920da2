import { pipeline, type Readable, Transform } from 'node:stream'
import type { Copied } from './export.query.ts'

/** Bytes of each piece of a file but the last. */
export const pieceBytes = 1024 * 1024

/** Cuts a stream into pieces of one size; the last one is what is left. */
export const piecesOf = async function* (body: Readable, size = pieceBytes): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let held = 0
  for await (const part of body as AsyncIterable<Buffer>) {
    let rest = part
    while (held + rest.length >= size) {
      const taken = size - held
      yield Buffer.concat([...parts, rest.subarray(0, taken)])
      rest = rest.subarray(taken)
      parts = []
      held = 0
    }
    if (rest.length > 0) parts.push(rest)
    held += rest.length
  }
  if (held > 0) yield Buffer.concat(parts)
}

const newline = 10
const quote = 34

/**
 * Passes on what Postgres copies and counts its lines; of CSV those that are not within quotes. `rows` leaves out the
 * header of CSV.
 */
export const counted = (copied: Readable, as: Copied): { stream: Readable; rows: () => number } => {
  let lines = 0
  let isQuoted = false
  const count = (part: Buffer): void => {
    for (let at = 0; at < part.length; at++) {
      if (part[at] === newline && !isQuoted) lines++
      else if (part[at] === quote && as === 'csv') isQuoted = !isQuoted
    }
  }
  const counting = new Transform({
    transform: (part: Buffer, _encoding, done) => {
      count(part)
      done(null, part)
    },
  })
  return { stream: pipeline(copied, counting, () => {}), rows: () => (as === 'csv' ? Math.max(0, lines - 1) : lines) }
}
