const int4 = (value: number): string => value.toString(16).padStart(8, '0')

/**
 * A uuid[] as Postgres sends it itself: dimensions, whether nulls are allowed, oid of uuid, count, first index; then each
 * element behind its length, -1 for null. Of thousands of ids, reading their text would cost Postgres more than their use.
 */
export const uuidArray = (ids: readonly (string | null)[]): Buffer => {
  const elements = ids.map((id) => (id === null ? 'ffffffff' : `00000010${id}`)).join('')
  return Buffer.from(
    `${int4(1)}${int4(1)}${int4(2950)}${int4(ids.length)}${int4(1)}${elements.replaceAll('-', '')}`,
    'hex',
  )
}
