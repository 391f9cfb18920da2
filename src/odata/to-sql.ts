import type { EdmType } from '../bi/column.ts'
import type { Expression } from './expression.ts'
import { functions } from './functions.ts'
import { ODataError, unreadable, unsupported } from './odata-error.ts'

/** A piece of SQL and the type of its value. */
export type Typed = { sql: string; type: EdmType }

/** Columns a query may name, with the SQL that reads each. Nothing else of a client's words reaches the SQL text. */
export type Columns = ReadonlyMap<string, Typed>

export const sqlTypes: Record<EdmType, string> = {
  Guid: 'uuid',
  String: 'text',
  Boolean: 'boolean',
  Double: 'float8',
  Int32: 'float8',
  Int64: 'float8',
  Date: 'date',
  DateTimeOffset: 'timestamptz',
}

const comparisons = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const
const arithmetic = { add: '+', sub: '-', mul: '*' } as const

const isNumber = (type: EdmType): boolean => type === 'Double' || type === 'Int32' || type === 'Int64'
const alike = (a: EdmType, b: EdmType): boolean => a === b || (isNumber(a) && isNumber(b))

/**
 * Turns an expression into SQL with parameters, appended to `values`. A comparison with nothing is false, as OData has
 * it, not unknown as in SQL: so `not` is written `is not true`, and `ne` counts nothing as different.
 * @throws ODataError 400 for unknown names and for types that do not go together, 501 for functions there are not
 */
export const toSql = (expression: Expression, columns: Columns, values: unknown[]): Typed => {
  const literal = (type: EdmType, value: unknown): Typed => {
    values.push(value)
    return { sql: `$${values.length}::${sqlTypes[type]}`, type }
  }
  const boolean = (node: Expression): string => {
    const { sql, type } = visit(node)
    if (type !== 'Boolean') throw unreadable('a condition is expected where there is a value')
    return sql
  }
  const binary = (node: Extract<Expression, { kind: 'binary' }>): Typed => {
    const { operator } = node
    if (operator === 'and' || operator === 'or')
      return { sql: `(${boolean(node.left)} ${operator} ${boolean(node.right)})`, type: 'Boolean' }
    if (node.left.kind === 'null' || node.right.kind === 'null') {
      if (operator !== 'eq' && operator !== 'ne')
        throw unreadable(`null can be compared by eq and ne only, not ${operator}`)
      const other = node.left.kind === 'null' ? node.right : node.left
      if (other.kind === 'null') return { sql: operator === 'eq' ? 'true' : 'false', type: 'Boolean' }
      return { sql: `(${visit(other).sql} is ${operator === 'eq' ? '' : 'not '}null)`, type: 'Boolean' }
    }
    const left = visit(node.left)
    const right = visit(node.right)
    if (!alike(left.type, right.type)) throw unreadable(`${left.type} and ${right.type} do not go together`)
    if (operator === 'ne') return { sql: `(${left.sql} is distinct from ${right.sql})`, type: 'Boolean' }
    if (operator in comparisons)
      return { sql: `(${left.sql} ${comparisons[operator as 'eq']} ${right.sql})`, type: 'Boolean' }
    if (!isNumber(left.type)) throw unreadable(`${operator} is for numbers`)
    if (operator === 'div') return { sql: `(${left.sql} / nullif(${right.sql}, 0))`, type: 'Double' }
    if (operator === 'mod') throw unsupported('mod')
    return { sql: `(${left.sql} ${arithmetic[operator as 'add']} ${right.sql})`, type: 'Double' }
  }

  const visit = (node: Expression): Typed => {
    switch (node.kind) {
      case 'literal':
        return literal(node.type, node.value)
      case 'null':
        throw unreadable('null can only be compared by eq and ne')
      case 'column': {
        const column = columns.get(node.name)
        if (!column) throw new ODataError(400, 'unknown_property', `there is no property "${node.name.slice(0, 50)}"`)
        return column
      }
      case 'not':
        return { sql: `((${boolean(node.operand)}) is not true)`, type: 'Boolean' }
      case 'in': {
        if (node.list.length === 0) return { sql: 'false', type: 'Boolean' }
        const left = visit(node.left)
        const items = node.list.map((item) => {
          const right = visit(item)
          if (!alike(left.type, right.type)) throw unreadable(`${left.type} and ${right.type} do not go together`)
          return right.sql
        })
        return { sql: `(${left.sql} in (${items.join(', ')}))`, type: 'Boolean' }
      }
      case 'call': {
        const known = functions[node.name]
        if (!known) throw unsupported(`the function "${node.name.slice(0, 50)}"`)
        return known(node.args.map(visit), node.name)
      }
      case 'binary':
        return binary(node)
    }
  }
  return visit(expression)
}

/** The same for a condition. */
export const conditionOf = (expression: Expression, columns: Columns, values: unknown[]): string => {
  const { sql, type } = toSql(expression, columns, values)
  if (type !== 'Boolean') throw unreadable('$filter is a condition')
  return sql
}
