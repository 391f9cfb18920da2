/** Repeated parameters become lists; a prototype is never part of it. */
export const parseQuery = (text: string): Record<string, string | string[]> => {
  const query: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of new URLSearchParams(text)) {
    const known = query[name]
    query[name] = known === undefined ? value : [...[known].flat(), value]
  }
  return query
}
