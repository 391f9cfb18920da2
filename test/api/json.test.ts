import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/api/json.ts'
import { Problem } from '../../src/api/problem.ts'

const refusal = (text: string): { pointer: string; code: string } => {
  try {
    parseJson(text)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    expect(error.code).toBe(error.errors[0]?.code === 'number_not_finite' ? 'number_not_finite' : 'invalid_json')
    expect(error.errors).toHaveLength(1)
    return error.errors[0]!
  }
  throw new Error(`accepted: ${text.slice(0, 80)}`)
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

/** Any JSON value within the limits: finite doubles up to 2^53 - 1, well-formed text, no NUL, no `__proto__`. */
const text = fc.string({ unit: 'binary' }).filter((it) => !it.includes('\0') && it !== '__proto__')
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ min: -(2 ** 53 - 1), max: 2 ** 53 - 1, noNaN: true }).map((it) => it + 0),
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 12, depthSize: 'medium' },
    fc.constant(null),
    fc.boolean(),
    number,
    text,
    fc.array(tie('value')),
    fc.dictionary(text, tie('value')),
  ),
}))

describe('what is accepted', () => {
  test('is what JSON.parse reads', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2, '\t'), (any, space) => {
        const written = JSON.stringify(any, null, space)
        expect(parseJson(written)).toEqual(JSON.parse(written))
      }),
    )
  })

  test.each([
    ['"\\\\u0000"', '\\u0000'],
    ['"\\ud83d\\ude00"', '😀'],
    ['"a\\"b:{[,"', 'a"b:{[,'],
    ['{"a":{"a":[{"a":1},{"a":2}]}}', { a: { a: [{ a: 1 }, { a: 2 }] } }],
    ['{"":1,"\\u0061":2,"A":3}', { '': 1, a: 2, A: 3 }],
    ['9007199254740991', 2 ** 53 - 1],
    ['-9007199254740991.0', -(2 ** 53 - 1)],
    ['2251799813685249.5', 2251799813685249.5],
    ['1e15', 1e15],
    [' [ ] ', []],
  ])('%s', (written, expected) => {
    expect(parseJson(written)).toEqual(expected)
  })

  test('32 levels', () => {
    expect(parseJson(nested(32))).toEqual(JSON.parse(nested(32)))
  })
})

describe('what is refused', () => {
  test.each([
    ['', '', 'syntax'],
    ['{', '', 'syntax'],
    ['{"a":1,}', '', 'syntax'],
    ["{'a':1}", '', 'syntax'],
    ['NaN', '', 'number_not_finite'],
    ['{"a":"\\"NaN", "b": [1, -Infinity]}', '', 'number_not_finite'],
    ['{"a":"NaN",}', '', 'syntax'],
    ['{"a":NaNs}', '', 'syntax'],
    ['"\0"', '', 'syntax'],
    ['"unended', '', 'syntax'],
    ['"\\"', '', 'syntax'],
    [nested(33), '', 'too_deep'],
    ['['.repeat(1_000_000), '', 'too_deep'],
    ['{"a":1,"a":1}', '/a', 'duplicate_member'],
    ['{"a":1,"\\u0061":1}', '/a', 'duplicate_member'],
    ['[{}, {"x":[1, {"k":"a,b" , "k" :{}}]}]', '/1/x/1/k', 'duplicate_member'],
    ['{"a/b":{"~":1,"c":"\\"","~":2}}', '/a~1b/~0', 'duplicate_member'],
    ['{"a":["b","c\\u0000"]}', '/a/1', 'nul'],
    ['{"\\u0000":1}', '/\0', 'nul'],
    ['["\\ud800"]', '/0', 'lone_surrogate'],
    ['["\\ude00\\ud83d"]', '/0', 'lone_surrogate'],
    ['["\ud800"]', '/0', 'lone_surrogate'],
    ['{"v":1e400}', '/v', 'number_not_finite'],
    ['[-1e400]', '/0', 'number_not_finite'],
    ['9007199254740992', '', 'unsafe_integer'],
    ['[9007199254740993.0]', '/0', 'unsafe_integer'],
    ['[-9007199254740993]', '/0', 'unsafe_integer'],
    ['[1e17]', '/0', 'unsafe_integer'],
    ['{"a":{"__proto__":{"admin":true}}}', '/a/__proto__', 'forbidden_member'],
    ['{"\\u005f_proto__":1}', '/__proto__', 'forbidden_member'],
  ])('%s', (written, pointer, code) => {
    expect(refusal(written)).toMatchObject({ pointer, code })
  })

  test('the refusal does not quote the body', () => {
    expect(JSON.stringify(refusal('{"name": "Jane Doe" oops}'))).not.toMatch(/Jane|oops/)
  })

  test('any value with one fault put into it, at the place of the fault', () => {
    const faults = fc.constantFrom(
      ['{"k":1,"k":2}', '/k', 'duplicate_member'],
      ['"\\u0000"', '', 'nul'],
      ['"\\udfff"', '', 'lone_surrogate'],
      ['1E999', '', 'number_not_finite'],
      ['12345678901234567890', '', 'unsafe_integer'],
      ['{"__proto__":null}', '/__proto__', 'forbidden_member'],
    )
    fc.assert(
      fc.property(fc.array(value), fc.array(value), faults, (before, after, [fault, inside, code]) => {
        const parts = [...before.map((it) => JSON.stringify(it)), fault, ...after.map((it) => JSON.stringify(it))]
        expect(refusal(`{"items":[${parts.join(',')}]}`)).toMatchObject({
          pointer: `/items/${before.length}${inside}`,
          code,
        })
      }),
    )
  })

  test('text cut short is never accepted as something else', () => {
    fc.assert(
      fc.property(fc.dictionary(text, value), fc.nat(), (any, cut) => {
        const written = JSON.stringify(any)
        expect(refusal(written.slice(0, cut % written.length)).code).toBe('syntax')
      }),
    )
  })
})
