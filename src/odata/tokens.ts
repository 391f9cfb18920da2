import type { EdmType } from '../bi/column.ts'
import { unreadable } from './odata-error.ts'

/** `at` is the place in the text, from 0. Words are names, operators, functions, `true`, `false` and `null`. */
export type Token =
  | { kind: 'word' | '(' | ')' | ',' | '/' | 'end'; text: string; at: number }
  | { kind: 'literal'; text: string; at: number; type: EdmType; value: string | number }

const longest = 8_000

const days = String.raw`\d{4}-\d{2}-\d{2}`
// The order matters: a GUID and an instant begin like a number or a day.
const grammar = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-]))`,
    String.raw`(?<instant>${days}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?(?:Z|[+-]\d{2}:\d{2}))`,
    String.raw`(?<day>${days}(?![\w-]))`,
    String.raw`(?<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.-]))`,
    String.raw`'(?<string>(?:[^']|'')*)'`,
    String.raw`(?<word>\$?[A-Za-z_]\w*)`,
    String.raw`(?<mark>[(),/])`,
  ].join('|'),
  'y',
)

/**
 * Takes an expression apart.
 * @throws ODataError 400 for what is no token, a day or instant that does not exist, or more than 8,000 characters
 */
export const tokensOf = (text: string): Token[] => {
  if (text.length > longest) throw unreadable(`an expression has at most ${longest} characters`)
  const tokens: Token[] = []
  grammar.lastIndex = 0
  for (let at = 0; at < text.length; at = grammar.lastIndex) {
    const found = grammar.exec(text)
    if (!found) throw unreadable(`cannot be read at character ${at + 1}`)
    const { space, mark, word } = found.groups as Record<string, string | undefined>
    if (space !== undefined) continue
    if (mark !== undefined) tokens.push({ kind: mark as '(', text: mark, at })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at })
    else tokens.push({ kind: 'literal', text: found[0], at, ...literalOf(found.groups ?? {}, at) })
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }]
}

const literalOf = (
  groups: Record<string, string | undefined>,
  at: number,
): { type: EdmType; value: string | number } => {
  const { guid, instant, day, number, string = '' } = groups
  if (guid !== undefined) return { type: 'Guid', value: guid.toLowerCase() }
  if (instant !== undefined) return { type: 'DateTimeOffset', value: existing(instant, at) }
  if (day !== undefined) return { type: 'Date', value: existing(day, at) }
  if (number === undefined) return { type: 'String', value: string.replaceAll("''", "'") }
  const value = Number(number)
  if (!Number.isFinite(value)) throw unreadable(`the number at character ${at + 1} is too large`)
  return { type: Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 'Int32' : 'Double', value }
}

/** Rolls over 31 February as JavaScript does, and so finds that it does not exist. */
const existing = (text: string, at: number): string => {
  const day = text.slice(0, 10)
  const parsed = new Date(`${day}T00:00:00Z`)
  const exists = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day)
  if (!exists || Number.isNaN(Date.parse(text)) || day < '0001') throw unreadable(`no such day at character ${at + 1}`)
  return text
}
