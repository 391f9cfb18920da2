import { unreadable } from './odata-error.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Steps through the tokens of one text. Everything it finds wrong is an ODataError 400 that names the place. */
export type Reader = {
  peek(): Token
  take(): Token
  expect(kind: Token['kind']): void
  /** Takes the token if it is of this kind, and tells. */
  skip(kind: Token['kind']): boolean
  word(wanted: string): string
  keyword(wanted: string): void
  isAtEnd(): boolean
  expectEnd(): void
}

export const readerOf = (text: string): Reader => {
  const tokens = tokensOf(text)
  let next = 0
  const peek = (): Token => tokens[next] as Token
  const take = (): Token => (peek().kind === 'end' ? peek() : (tokens[next++] as Token))
  const expect = (kind: Token['kind']): void => {
    const token = take()
    if (token.kind !== kind) throw unexpected(token, kind === 'end' ? 'the end' : `"${kind}"`)
  }
  const word = (wanted: string): string => {
    const token = take()
    if (token.kind !== 'word') throw unexpected(token, wanted)
    return token.text
  }
  return {
    peek,
    take,
    expect,
    word,
    skip: (kind) => peek().kind === kind && Boolean(take()),
    keyword: (wanted) => {
      const at = peek()
      if (word(wanted) !== wanted) throw unexpected(at, `"${wanted}"`)
    },
    isAtEnd: () => peek().kind === 'end',
    expectEnd: () => expect('end'),
  }
}

export const unexpected = ({ kind, text, at }: Token, wanted: string): Error =>
  unreadable(
    `${kind === 'end' ? 'ends' : `"${text.slice(0, 50)}"`} at character ${at + 1}, where ${wanted} was expected`,
  )
