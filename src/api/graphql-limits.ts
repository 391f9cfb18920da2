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
const limits = { depth: 10, aliases: 30, tokens: 2_000, cost: 5_000 }

const refuse = (what: string): never => {
  throw new Problem('query_too_complex', what)
}

/** Before parsing: a long document is refused after its 2,000th token, not after it has been read whole. */
export const limitTokens = (text: string): void => {
  const lexer = new Lexer(new Source(text))
  for (let count = 0; lexer.advance().kind !== TokenKind.EOF; count++) {
    if (count >= limits.tokens) refuse(`More than ${limits.tokens} tokens`)
  }
}

type Scan = { fragments: Map<string, FragmentDefinitionNode>; variables: Record<string, unknown>; aliases: number }

/** Before execution: depth, aliases and cost, the most nodes the answer could hold (product of `first`). */
export const limitQuery = (document: DocumentNode, variables: Record<string, unknown> = {}): void => {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const scan: Scan = { fragments, variables, aliases: 0 }
    if (costOf(definition.selectionSet, scan, 1, 1) > limits.cost)
      refuse(`The answer could hold more than ${limits.cost} nodes`)
  }
}

/** Nodes the selection could answer with, each multiplied by how often its parent can stand there. */
const costOf = (selection: SelectionSetNode, scan: Scan, times: number, depth: number): number => {
  if (depth > limits.depth) refuse(`Deeper than ${limits.depth} levels`)
  let cost = 0
  for (const node of selection.selections) {
    if (node.kind === Kind.FIELD) cost += costOfField(node, scan, times, depth)
    else if (node.kind === Kind.INLINE_FRAGMENT) cost += costOf(node.selectionSet, scan, times, depth)
    else {
      const fragment = scan.fragments.get(node.name.value)
      if (fragment) cost += costOf(fragment.selectionSet, scan, times, depth)
    }
    // Fragments of fragments multiply: stop counting as soon as it is too much.
    if (cost > limits.cost) return cost
  }
  return cost
}

const costOfField = (field: FieldNode, scan: Scan, times: number, depth: number): number => {
  if (field.alias && ++scan.aliases > limits.aliases) refuse(`More than ${limits.aliases} aliases`)
  if (!field.selectionSet || field.name.value.startsWith('__')) return 0
  const size = pageOf(field, scan)
  const wrapper = /^(nodes|edges|node|pageInfo)$/.test(field.name.value)
  const here = wrapper ? 0 : times * size
  return here + costOf(field.selectionSet, scan, times * size, depth + 1)
}

/** A connection holds `first` nodes, 25 unless said; it is known by asking for its nodes or edges. */
const pageOf = (field: FieldNode, { variables }: Scan): number => {
  const first = field.arguments?.find(({ name }) => name.value === 'first')?.value
  if (first?.kind === Kind.INT) return Number(first.value)
  if (first?.kind === Kind.VARIABLE && typeof variables[first.name.value] === 'number')
    return variables[first.name.value] as number
  const isConnection = field.selectionSet?.selections.some(
    (node) => node.kind === Kind.FIELD && /^(nodes|edges)$/.test(node.name.value),
  )
  return isConnection ? 25 : 1
}
