/** Why a formula is refused, and where: `position` counts characters from 0. */
export type FormulaFault = {
  code: 'formula_syntax' | 'formula_too_complex' | 'unknown_function' | 'wrong_arguments' | 'unit_mismatch'
  position: number
  message: string
}

/** Carries a fault out of the parser; never leaves this folder. */
export class Refusal extends Error {
  readonly fault: FormulaFault
  constructor(code: FormulaFault['code'], position: number, message: string) {
    super(message)
    this.fault = { code, position, message }
  }
}

export type Operator = '+' | '-' | '*' | '/'

export type Token =
  | { type: 'number'; at: number; value: number }
  /** A word is a KPI's code, or a function's name when a parenthesis follows; bracketed it is always a code. */
  | { type: 'word' | 'code'; at: number; text: string }
  | { type: Operator | '(' | ')' | ',' | 'end'; at: number }

const largest = 1e15
// Sticky, each alternative decided by its first character: reading is linear in the length.
const pattern =
  /(?<space>\s+)|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|\[(?<code>(?:[^\]\p{Cc}]|\]\])+)\](?!\])|(?<sign>[-+*/(),])/uy

/**
 * Takes a formula apart. A KPI is named by its code: as it is when it looks like a word, else in brackets, where `]` is
 * written `]]`: `[% Absenteeism]`.
 */
export const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (!found?.groups) throw new Refusal('formula_syntax', at, `did not expect ${nameOf(text, at)}`)
    const { number, word, code, sign } = found.groups
    if (number !== undefined) tokens.push({ type: 'number', at, value: numberOf(number, at) })
    else if (word !== undefined) tokens.push({ type: 'word', at, text: word })
    else if (code !== undefined) tokens.push({ type: 'code', at, text: code.replaceAll(']]', ']').trim() })
    else if (sign !== undefined) tokens.push({ type: sign as Operator, at })
    at = pattern.lastIndex
  }
  tokens.push({ type: 'end', at: text.length })
  return tokens
}

const numberOf = (text: string, at: number): number => {
  const value = Number(text)
  if (value > largest) throw new Refusal('formula_syntax', at, 'a number is at most 10¹⁵')
  return value
}

const nameOf = (text: string, at: number): string =>
  text[at] === '[' ? 'a bracket that is not closed' : `"${String.fromCodePoint(text.codePointAt(at) as number)}"`
