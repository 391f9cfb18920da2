import { type Expression, expressionIn } from './expression.ts'
import { unreadable, unsupported } from './odata-error.ts'
import { type Reader, readerOf } from './reader.ts'

export const methods = ['sum', 'min', 'max', 'average', 'countdistinct'] as const

/** `column` is undefined for `$count`, which counts rows. */
export type Aggregate = { as: string; column?: string; method: (typeof methods)[number] | 'count' }

/** `filter(…)/groupby((…),aggregate(…))`, any part of which may be missing. */
export type Apply = { filter: Expression | undefined; groupBy: string[]; aggregates: Aggregate[] }

const mostParts = 20

/**
 * Parses `$apply`: `filter`, then `groupby` with or without `aggregate`, or `aggregate` alone.
 * @throws ODataError 400 for what cannot be read, 501 for other transformations and methods
 */
export const parseApply = (text: string): Apply => {
  const reader = readerOf(text)
  const apply: Apply = { filter: undefined, groupBy: [], aggregates: [] }
  let step = reader.word('a transformation')
  if (step === 'filter') {
    reader.expect('(')
    apply.filter = expressionIn(reader)
    reader.expect(')')
    if (reader.isAtEnd()) throw unreadable('$apply has to group or aggregate; use $filter to filter only')
    reader.expect('/')
    step = reader.word('a transformation')
  }
  if (step === 'groupby') groupBy(reader, apply)
  else if (step === 'aggregate') apply.aggregates = aggregates(reader)
  else throw unsupported(`$apply with ${step.slice(0, 30)}`)
  if (reader.peek().kind === '/') throw unsupported('$apply with more transformations')
  reader.expectEnd()
  const names = [...apply.groupBy, ...apply.aggregates.map(({ as }) => as)]
  if (new Set(names).size < names.length) throw unreadable('$apply names the same property twice')
  return apply
}

const groupBy = (reader: Reader, apply: Apply): void => {
  reader.expect('(')
  reader.expect('(')
  do apply.groupBy.push(reader.word('a property'))
  while (reader.skip(',') && apply.groupBy.length < mostParts)
  reader.expect(')')
  if (reader.skip(',')) {
    const step = reader.word('aggregate')
    if (step !== 'aggregate') throw unsupported(`groupby with ${step.slice(0, 30)}`)
    apply.aggregates = aggregates(reader)
  }
  reader.expect(')')
}

const aggregates = (reader: Reader): Aggregate[] => {
  const found: Aggregate[] = []
  reader.expect('(')
  do {
    const column = reader.word('a property')
    if (column === '$count') {
      reader.keyword('as')
      found.push({ as: reader.word('a name'), method: 'count' })
      continue
    }
    reader.keyword('with')
    const method = reader.word('a method')
    if (!(methods as readonly string[]).includes(method)) throw unsupported(`the method ${method.slice(0, 30)}`)
    reader.keyword('as')
    found.push({ as: reader.word('a name'), column, method: method as Aggregate['method'] })
  } while (reader.skip(',') && found.length < mostParts)
  reader.expect(')')
  return found
}
