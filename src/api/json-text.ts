const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Index of the quote that ends the string opened at `start`; the text's length when nothing ends it. */
const endOfString = (text: string, start: number): number => {
  // The native search is far quicker than a loop; only a quote after an odd run of backslashes does not end a string.
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === BACKSLASH) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

/**
 * How many object members JSON text writes down, repeated ones included; undefined when it nests deeper than
 * `maxDepth`, found before any of it is parsed. Text that is not JSON gives any number: parsing will refuse it.
 */
export const scan = (text: string, maxDepth: number): number | undefined => {
  const { length } = text
  let depth = 0
  let members = 0
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    // Digits and white space, the bulk of what stands outside strings, leave by this first test.
    if (unit < COLON) {
      if (unit === QUOTE) i = endOfString(text, i)
    } else if (unit === COLON) members++
    else if (unit === OPEN_OBJECT || unit === OPEN_ARRAY) {
      if (++depth > maxDepth) return undefined
    } else if (unit === CLOSE_OBJECT || unit === CLOSE_ARRAY) depth--
  }
  return members
}

/** Whether text that is not JSON has, outside of strings, a name other languages print for numbers that are not finite. */
export const namesNotFinite = (text: string): boolean => {
  const name = /\b(?:NaN|Infinity)\b/y
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) === QUOTE) i = endOfString(text, i)
    else if (text[i] === 'N' || text[i] === 'I') {
      name.lastIndex = i
      if (name.test(text)) return true
    }
  }
  return false
}

type Container = { names: Set<string> | undefined; at: string | number }

/** RFC 6901 steps to the first repeated member, for text known to be JSON. Slow: meant for composing a refusal. */
export const repeatedMember = (text: string): (string | number)[] => {
  const open: Container[] = []
  for (let i = 0; i < text.length; i++) {
    const inside = open.at(-1)
    const sign = text[i]
    if (sign === '{') open.push({ names: new Set(), at: '' })
    else if (sign === '[') open.push({ names: undefined, at: 0 })
    else if (sign === '}' || sign === ']') open.pop()
    else if (sign === ',' && typeof inside?.at === 'number') inside.at++
    else if (sign === '"') {
      const end = endOfString(text, i)
      if (inside?.names && isName(text, end)) {
        inside.at = JSON.parse(text.slice(i, end + 1)) as string
        if (inside.names.has(inside.at)) break
        inside.names.add(inside.at)
      }
      i = end
    }
  }
  return open.map(({ at }) => at)
}

const isName = (text: string, end: number): boolean => {
  const colon = /\s*:/y
  colon.lastIndex = end + 1
  return colon.test(text)
}
