/** Bytes `start` to `end`, both included. */
export type Range = { start: number; end: number }

/**
 * The one range a `Range` header asks for (RFC 9110, section 14): undefined where all is to be sent, which is also the answer
 * to several ranges and to what is no range of bytes; null where the file ends before it.
 */
export const rangeOf = (header: string | undefined, size: number): Range | undefined | null => {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '')
    return last === '0' || size === 0 ? null : { start: Math.max(0, size - Number(last)), end: size - 1 }
  if (last !== '' && Number(last) < Number(first)) return undefined
  if (Number(first) >= size) return null
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}
