const made = /^(id|carriedToId|lastCheckInId|eventId)$/
const unstable = /^(recordedAt|scoredAt|apiKey|secret|previousSecretUntil)$/

/** The ids an answer gives, by where each stands first. */
const idsIn = (value: unknown, at: string, found: Map<unknown, string>): Map<unknown, string> => {
  if (typeof value !== 'object' || value === null) return found
  for (const [name, member] of Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    if (made.test(name) && typeof member === 'string' && !found.has(member)) found.set(member, `${at}/${name}`)
    idsIn(member, `${at}/${name}`, found)
  }
  return found
}

/**
 * An answer without what differs between two writes: the ids they give, wherever the answer repeats them, secrets, and
 * the instants of a graph, which strictly increase.
 */
export const stable = (value: unknown): unknown => {
  const ids = idsIn(value, '', new Map())
  return JSON.parse(
    JSON.stringify(value, (name, member: unknown) => (unstable.test(name) ? null : (ids.get(member) ?? member))),
  )
}
