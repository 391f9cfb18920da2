import type { EdmType } from '../bi/column.ts'
import { unreadable, unsupported } from './odata-error.ts'
import { type Reader, readerOf, unexpected } from './reader.ts'

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
  __proto__: null as never,
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
 * Parses a whole text as an expression.
 * @throws ODataError 400 for what cannot be read, nests deeper than 32 or has more than 500 parts; 501 for paths
 */
export const parseExpression = (text: string): Expression => {
  const reader = readerOf(text)
  const expression = expressionIn(reader)
  reader.expectEnd()
  return expression
}

/** Parses by operator precedence, as far as the expression goes. */
export const expressionIn = (reader: Reader): Expression => {
  let nodes = 0
  let depth = 0
  const made = (node: Expression): Expression => {
    if (++nodes > mostNodes) throw unreadable(`an expression has at most ${mostNodes} parts`)
    return node
  }
  const nested = (loosest: number): Expression => {
    if (++depth > deepest) throw unreadable(`an expression nests at most ${deepest} deep`)
    const inner = parse(loosest)
    depth--
    return inner
  }
  const list = (): Expression[] => {
    const items: Expression[] = []
    reader.expect('(')
    if (reader.skip(')')) return items
    do items.push(nested(0))
    while (reader.skip(','))
    reader.expect(')')
    return items
  }

  const operand = (): Expression => {
    const token = reader.take()
    if (token.kind === 'literal') return made({ kind: 'literal', type: token.type, value: token.value })
    if (token.kind === '(') {
      const inner = nested(0)
      reader.expect(')')
      return inner
    }
    if (token.kind !== 'word') throw unexpected(token, 'a value')
    const { text } = token
    if (text === 'not') return made({ kind: 'not', operand: nested(bindingOfNot) })
    if (text === 'null') return made({ kind: 'null' })
    if (text === 'true' || text === 'false') return made({ kind: 'literal', type: 'Boolean', value: text === 'true' })
    return made(
      reader.peek().kind === '(' ? { kind: 'call', name: text, args: list() } : { kind: 'column', name: text },
    )
  }

  const parse = (loosest: number): Expression => {
    let left = operand()
    for (;;) {
      const { kind, text: word } = reader.peek()
      if (kind === '/') throw unsupported('a path')
      if (kind !== 'word') return left
      if (word === 'has') throw unsupported('has')
      const power = word === 'in' ? bindingOfIn : binding[word as Operator]
      if (power === undefined) throw unexpected(reader.peek(), 'an operator')
      if (power <= loosest) return left
      reader.take()
      left = made(
        word === 'in'
          ? { kind: 'in', left, list: list() }
          : { kind: 'binary', operator: word as Operator, left, right: nested(power) },
      )
    }
  }
  return nested(0)
}
