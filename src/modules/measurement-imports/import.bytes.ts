import type { Hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Problem } from '../../api/problem.ts'
import { unreadable } from './import.report.ts'

/** Text of one import, after decompression: some 15 million rows, which an hour is enough for (decision 36). */
export const mostBytes = 512 * 1024 ** 2

/** 413: so many bytes were announced, or came. */
export const tooLarge = (): Problem =>
  new Problem('body_too_large', `An import holds at most ${mostBytes / 1024 ** 2} MB of text: send it in parts`)

/** Milliseconds a sender may pause. */
const longestPause = 30_000

/**
 * Hands on the bytes of an upload that are text: UTF-8 without NUL. Notes them in `digest`. A sender that pauses too long
 * is cut off.
 * @throws Problem 413 for too much of it, 422 `unreadable_file` for other encodings and for what is no text
 */
export async function* textBytes(stream: Readable, digest: Hash): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  let bytes = 0
  const paused = new Problem('malformed_request', `The sender paused for more than ${longestPause / 1_000} s`)
  const timer = setTimeout(() => stream.destroy(paused), longestPause)
  try {
    // Who is refused midway still gets an answer, so the connection stays.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      clearTimeout(timer)
      bytes += chunk.length
      if (bytes > mostBytes) throw tooLarge()
      if (chunk.includes(0)) throw unreadable(line, 'not_text', 'The file is binary, or UTF-16: save it as UTF-8')
      line += decodeOrRefuse(decoder, chunk, line, true)
      digest.update(chunk)
      yield chunk
      timer.refresh()
    }
    decodeOrRefuse(decoder, Buffer.alloc(0), line, false)
  } finally {
    clearTimeout(timer)
  }
}

/** How many lines the chunk ends. */
const decodeOrRefuse = (
  decoder: InstanceType<typeof TextDecoder>,
  chunk: Buffer,
  line: number,
  stream: boolean,
): number => {
  try {
    decoder.decode(chunk, { stream })
  } catch {
    throw unreadable(line, 'not_utf8', 'Here or below is text that is not UTF-8: save the file as UTF-8')
  }
  let lines = 0
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
  return lines
}
