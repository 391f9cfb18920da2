import type { Hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Problem } from '../../api/problem.ts'
import { unreadable } from './import.report.ts'

/** Text of one import, after decompression: far more than anybody sends, so that a bomb ends somewhere. */
const mostBytes = 16 * 1024 ** 3
/** Milliseconds a sender may pause. */
const longestPause = 30_000

/**
 * Hands on the bytes of an upload that are text: UTF-8 without NUL. Notes them in `digest`. A sender that pauses too long
 * is cut off.
 * @throws Problem 422 `unreadable_file` for other encodings and for what is no text
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
      if (bytes > mostBytes) throw unreadable(line, 'too_large', `More than ${mostBytes / 1024 ** 3} GB of text`)
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
