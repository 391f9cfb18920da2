const int4 = (value: number): string => value.toString(16).padStart(8, '0')

/** Dimensions, whether there may be nulls, the type of the elements, their count, the first index. */
const headOf = (type: number, count: number): string => [1, 1, type, count, 1].map(int4).join('')

// An array as Postgres sends it itself: each element behind its length, -1 for null. Of thousands of elements, writing and
// reading the text of an array costs both sides more than what is done with them.

/** A parameter of type uuid[]. */
export const uuidArray = (ids: readonly (string | null)[]): Buffer => {
  const elements = ids.map((id) => (id === null ? 'ffffffff' : `00000010${id}`)).join('')
  return Buffer.from(headOf(2950, ids.length) + elements.replaceAll('-', ''), 'hex')
}

/** A parameter of type jsonb[], of JSON texts. The byte before each is the version of jsonb's binary form. */
export const jsonbArray = (texts: readonly (string | null)[]): Buffer => {
  const head = headOf(3802, texts.length)
  const sizes = texts.map((text) => (text === null ? 0 : Buffer.byteLength(text) + 1))
  const array = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + size, head.length / 2))
  let at = array.write(head, 'hex')
  for (const [index, text] of texts.entries()) {
    at = array.writeInt32BE(text === null ? -1 : (sizes[index] as number), at)
    if (text !== null) at = array.writeInt8(1, at) + array.write(text, at + 1)
  }
  return array
}
