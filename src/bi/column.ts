/** Primitive types, by their OData names without `Edm.`; `String` is text, `Double` double precision. */
export type EdmType = 'Guid' | 'String' | 'Boolean' | 'Double' | 'Int32' | 'Int64' | 'Date' | 'DateTimeOffset'

/** A published column: where it comes from, and what it says to an analyst. */
export type Column = { type: EdmType; sql: string; says: string }

const of =
  (type: EdmType) =>
  (sql: string, says: string): Column => ({ type, sql, says })

export const guid = of('Guid')
export const text = of('String')
export const flag = of('Boolean')
export const double = of('Double')
export const integer = of('Int32')
export const day = of('Date')
export const instant = of('DateTimeOffset')
