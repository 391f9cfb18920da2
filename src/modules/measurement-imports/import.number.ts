/** Why a cell is no number. */
export type NumberFault = { code: string; message: string }

const plain = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,4})?$/i
const grouped = /^[+-]?\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+(?:[.,]\d+)?$/
const decimalComma = /^[+-]?\d+,\d+$/

/**
 * Reads a cell as a number; null for a blank one. Only digits, a sign, a point and an exponent are read: of `1,234`
 * nobody can say whether it is one or a thousand. It may be too large for the arithmetic, or infinite.
 */
export const numberFrom = (cell: string | number | null): number | null | NumberFault => {
  if (cell === null || typeof cell === 'number') return cell
  const text = cell.trim()
  if (text === '') return null
  if (plain.test(text)) return Number(text)
  if (grouped.test(text)) return { code: 'thousands_separator', message: 'Write numbers without thousands separators' }
  if (decimalComma.test(text)) return { code: 'decimal_comma', message: 'Write decimals with a point' }
  return { code: 'not_a_number', message: 'Not a number' }
}

/** Tells a fault from a number. */
export const isNumberFault = (number: number | null | NumberFault): number is NumberFault =>
  typeof number === 'object' && number !== null
