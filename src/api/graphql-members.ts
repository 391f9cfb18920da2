import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  Kind,
  type SelectionSetNode,
} from 'graphql'

type Fragments = Record<string, FragmentDefinitionNode>

/** A parsed document is kept and shared by all who send the same text, so what was found in it can be kept too. */
const found = new WeakMap<FieldNode, readonly string[]>()

/** Names of the fields a query asks of the rows behind this field, through fragments and a connection's wrappers. */
export const namesAsked = ({ fieldNodes, fragments }: GraphQLResolveInfo, inConnection: boolean): readonly string[] => {
  const [field] = fieldNodes
  const known = fieldNodes.length === 1 && field ? found.get(field) : undefined
  if (known) return known
  const selections = fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  const rows = inConnection ? selections.flatMap((selection) => rowsOf(selection, fragments)) : selections
  const names = [...new Set(rows.flatMap((selection) => fieldsOf(selection, fragments).map(({ name }) => name.value)))]
  if (fieldNodes.length === 1 && field) found.set(field, names)
  return names
}

const fieldsOf = ({ selections }: SelectionSetNode, fragments: Fragments): FieldNode[] =>
  selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node]
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value]
    return inner ? fieldsOf(inner.selectionSet, fragments) : []
  })

/** `nodes { … }` and `edges { node { … } }`. */
const rowsOf = (selection: SelectionSetNode, fragments: Fragments): SelectionSetNode[] =>
  fieldsOf(selection, fragments).flatMap(({ name, selectionSet }) => {
    if (!selectionSet) return []
    if (name.value === 'nodes' || name.value === 'node') return [selectionSet]
    return name.value === 'edges' ? rowsOf(selectionSet, fragments) : []
  })
