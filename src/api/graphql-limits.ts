import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  Lexer,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql'
import { Problem } from './problem.ts'

/** The most a query may ask for. Introspection is exempt from depth: the standard query of tools is deeper. */
const limits = { depth: 10, aliases: 30, tokens: 2_000, cost: 5_000, visits: 5_000 }

const refuse = (what: string): never => {
  throw new Problem('query_too_complex', what)
}

/** Before parsing: a long document is refused after its 2,000th token, not after it has been read whole. */
export const limitTokens = (text: string): void => {
  const lexer = new Lexer(new Source(text))
  for (let count = 0; next(lexer) !== TokenKind.EOF; count++) {
    if (count >= limits.tokens) refuse(`More than ${limits.tokens} tokens`)
  }
}

/** Text that is no GraphQL ends the count: the parser says what is wrong with it. */
const next = (lexer: Lexer): TokenKind => {
  try {
    return lexer.advance().kind
  } catch {
    return TokenKind.EOF
  }
}

type Scan = {
  fragments: Map<string, FragmentDefinitionNode>
  valueOf: (variable: string) => unknown
  aliases: number
  visits: number
}

/** Before execution: depth, aliases and cost, the most nodes the answer could hold (product of `first`). */
export const limitQuery = (document: DocumentNode, variables: Record<string, unknown> = {}): void => {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const defaults = new Map(
      definition.variableDefinitions?.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
    )
    const valueOf = (name: string): unknown => {
      const standard = defaults.get(name)
      return variables[name] ?? (standard?.kind === Kind.INT ? Number(standard.value) : undefined)
    }
    const scan: Scan = { fragments, valueOf, aliases: 0, visits: 0 }
    if (costOf(definition.selectionSet, scan, 1, 1) > limits.cost)
      refuse(`The answer could hold more than ${limits.cost} nodes`)
  }
}

/** The fields of a selection, through its fragments. Fragments of fragments multiply, so every step is counted. */
const fieldsOf = (selection: SelectionSetNode, scan: Scan): FieldNode[] =>
  selection.selections.flatMap((node) => {
    if (++scan.visits > limits.visits) refuse(`More than ${limits.visits} fields, fragments written out`)
    if (node.kind === Kind.FIELD) return [node]
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : scan.fragments.get(node.name.value)
    return inner ? fieldsOf(inner.selectionSet, scan) : []
  })

/** Nodes the selection could answer with, each multiplied by how often its parent can stand there. */
const costOf = (selection: SelectionSetNode, scan: Scan, times: number, depth: number): number => {
  if (depth > limits.depth) refuse(`Deeper than ${limits.depth} levels`)
  return fieldsOf(selection, scan).reduce((cost, field) => cost + costOfField(field, scan, times, depth), 0)
}

const wrappers = new Set(['nodes', 'edges', 'node', 'pageInfo'])

const costOfField = (field: FieldNode, scan: Scan, times: number, depth: number): number => {
  if (field.alias && ++scan.aliases > limits.aliases) refuse(`More than ${limits.aliases} aliases`)
  if (!field.selectionSet || field.name.value.startsWith('__')) return 0
  const size = pageOf(field, field.selectionSet, scan)
  const here = wrappers.has(field.name.value) ? 0 : times * size
  return here + costOf(field.selectionSet, scan, times * size, depth + 1)
}

/** A connection holds `first` nodes, 25 unless said; it is known by asking for its nodes or edges. */
const pageOf = (field: FieldNode, selection: SelectionSetNode, scan: Scan): number => {
  const isConnection = fieldsOf(selection, scan).some(({ name }) => name.value === 'nodes' || name.value === 'edges')
  if (!isConnection) return 1
  const first = field.arguments?.find(({ name }) => name.value === 'first')?.value
  const said =
    first?.kind === Kind.INT
      ? Number(first.value)
      : first?.kind === Kind.VARIABLE
        ? scan.valueOf(first.name.value)
        : undefined
  // What is out of range is refused where it is used; here it must not make room for more.
  return typeof said === 'number' && said >= 1 && said <= 100 ? said : said === undefined || said === null ? 25 : 100
}
