import type { EdmType } from '../bi/column.ts'
import { unreadable, unsupported } from './odata-error.ts'
import { type Token, tokensOf } from './tokens.ts'

/** An expression as a tree; nothing in it is trusted yet: names are checked when it becomes SQL. */
export type Expression =
  | { kind: 'literal'; type: EdmType; value: string | number | boolean }
  | { kind: 'null' }
  | { kind: 'column'; name: string }
  | { kind: 'call'; name: string; args: Expression[] }
  | { kind: 'not'; operand: Expression }
  | { kind: 'in'; left: Expression; list: Expression[] }
  | { kind: 'binary'; operator: Operator; left: Expression; right: Expression }

export type Operator = keyof typeof binding

/** How tightly binary operators bind (OData 4.01 URL conventions, 5.1.1.16). */
const binding = {
  or: 1,
  and: 2,
  eq: 3,
  ne: 3,
  gt: 4,
  ge: 4,
  lt: 4,
  le: 4,
  add: 5,
  sub: 5,
  mul: 6,
  div: 6,
  mod: 6,
} as const
const bindingOfIn = 4
const bindingOfNot = 7

const deepest = 32
const mostNodes = 500

/**
 * Parses an expression by operator precedence.
 * @throws ODataError 400 for what cannot be read, nests deeper than 32 or has more than 500 parts; 501 for lambdas and paths
 */
export const parseExpression = (text: string): Expression => {
  const tokens = tokensOf(text)
  let next = 0
  let nodes = 0
  let depth = 0

  const peek = (): Token => tokens[next] as Token
  const take = (): Token => tokens[next++] as Token
  const expect = (kind: Token['kind']): void => {
    const token = take()
    if (token.kind !== kind) throw unexpected(token, `"${kind}"`)
  }
  const made = <T extends Expression>(node: T): T => {
    if (++nodes > mostNodes) throw unreadable(`an expression has at most ${mostNodes} parts`)
    return node
  }
  const nested = <T>(parse: () => T): T => {
    if (++depth > deepest) throw unreadable(`an expression nests at most ${deepest} deep`)
    const result = parse()
    depth--
    return result
  }
  const list = (): Expression[] => {
    expect('(')
    const items: Expression[] = []
    if (peek().kind !== ')') {
      do items.push(nested(() => parse(0)))
      while (peek().kind === ',' && take())
    }
    expect(')')
    return items
  }

  const operand = (): Expression => {
    const token = take()
    if (token.kind === 'literal') return made({ kind: 'literal', type: token.type, value: token.value })
    if (token.kind === '(') {
      const inner = nested(() => parse(0))
      expect(')')
      return inner
    }
    if (token.kind !== 'word') throw unexpected(token, 'a value')
    if (token.text === 'not') return made({ kind: 'not', operand: nested(() => parse(bindingOfNot)) })
    if (token.text === 'null') return made({ kind: 'null' })
    if (token.text === 'true' || token.text === 'false')
      return made({ kind: 'literal', type: 'Boolean', value: token.text === 'true' })
    if (peek().kind === '(') return made({ kind: 'call', name: token.text, args: list() })
    return made({ kind: 'column', name: token.text })
  }

  const parse = (loosest: number): Expression => {
    let left = operand()
    for (;;) {
      const { kind, text: word } = peek()
      if (kind !== 'word') return left
      if (word === 'has') throw unsupported('has')
      const power = word === 'in' ? bindingOfIn : binding[word as Operator]
      if (power === undefined) throw unexpected(peek(), 'an operator')
      if (power <= loosest) return left
      take()
      left =
        word === 'in'
          ? made({ kind: 'in', left, list: list() })
          : made({ kind: 'binary', operator: word as Operator, left, right: nested(() => parse(power)) })
    }
  }

  const whole = parse(0)
  if (peek().kind !== 'end') throw unexpected(peek(), 'the end')
  return whole
}

const unexpected = ({ kind, text, at }: Token, wanted: string): Error =>
  unreadable(
    `${kind === 'end' ? 'ends' : `"${text.slice(0, 50)}"`} at character ${at + 1}, where ${wanted} was expected`,
  )
