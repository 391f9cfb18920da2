import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { Problem } from './problem.ts'

/** A value of a sort column; the last one of a cursor is the row's id. */
export type Position = (string | number | boolean | null)[]

const sign = (payload: string, secret: string): string =>
  createHmac('sha256', secret).update(payload).digest().subarray(0, 16).toString('base64url')

/** What a cursor is bound to: the list it came from, its filters and its order. */
export const bindingOf = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12)

/** Opaque and signed: callers can neither read meaning into it nor point it elsewhere. */
export const encodeCursor = (position: Position, binding: string, secret: string): string => {
  const payload = Buffer.from(JSON.stringify([binding, ...position])).toString('base64url')
  return `${payload}.${sign(payload, secret)}`
}

/** @throws Problem `invalid_cursor` when it was changed, or belongs to other filters or another order */
export const decodeCursor = (cursor: string, binding: string, secret: string): Position => {
  const [payload = '', signature = ''] = cursor.split('.')
  const expected = Buffer.from(sign(payload, secret))
  const given = Buffer.from(signature)
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) throw new Problem('invalid_cursor')
  const [bound, ...position] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [string, ...Position]
  if (bound !== binding) throw new Problem('invalid_cursor', 'The cursor belongs to other filters or another order')
  return position
}
