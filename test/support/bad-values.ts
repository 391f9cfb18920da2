import * as fc from 'fast-check'
import type { JsonSchema } from '../../src/api/openapi.ts'
import { resolve } from './samples.ts'

/** JSON text, because some of what must be refused has no value in JavaScript. */
const raw = [
  '1e400',
  '-1e400',
  '9007199254740993',
  '1e-400',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00x"',
  '{"__proto__":{}}',
  '{"a":1,"a":2}',
  `${'['.repeat(40)}${']'.repeat(40)}`,
  `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`,
]

const values = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e15,
  1e16,
  1e308,
  -1e308,
  5e-324,
  [],
  {},
  [null],
  [[[]]],
  { a: 1 },
  '',
  ' ',
  '\t',
  'x',
  'x'.repeat(201),
  'x'.repeat(10_001),
  '\u202e\u200b',
  '👩‍👩‍👧',
  'İ',
  "'; drop table users; --",
  '%',
  '\\',
  '${7*7}',

  '2026-02-30',
  '2026-13-01',
  '0000-00-00',
  '20260101',
  '2026-01-01T25:00:00Z',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00:00+14:00',

  'not-a-uuid',
  '00000000-0000-0000-0000-000000000000',
  '01990000-0000-7000-8000-00000000dead',
  'NaN',
  'Infinity',
  'null',
  '__proto__',
  'constructor',
]

/** Something no member should take, or that it takes and must not stumble over. */
export const badText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...values).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom(...raw) },
  { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
)

const text = (value: fc.Arbitrary<unknown>) => value.map((each) => JSON.stringify(each))

/** JSON text of a value the schema takes, now and then of one it does not. */
export const textOf = (given: JsonSchema, depth = 0): fc.Arbitrary<string> => {
  const schema = resolve(given)
  const types = [schema.type ?? []].flat()
  const good = (): fc.Arbitrary<string> => {
    if (schema.enum) return text(fc.constantFrom(...schema.enum))
    if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => textOf(each, depth + 1)))
    if (types.includes('object')) return objectText(schema, depth)
    if (types.includes('array'))
      return fc.array(textOf(schema.items ?? {}, depth + 1), { maxLength: 3 }).map((items) => `[${items.join(',')}]`)
    if (types.includes('boolean')) return text(fc.boolean())
    if (types.includes('number')) return text(fc.double({ min: 0, max: 1, noNaN: true }))
    if (types.includes('integer')) return text(fc.integer({ min: 1, max: 7 }))
    if (schema.format === 'date') return text(fc.constantFrom('2026-01-01', '2026-12-31'))
    if (schema.format === 'date-time') return text(fc.constant('2026-05-31T10:00:00+02:00'))
    if (schema.format === 'uuid') return text(fc.uuid({ version: 7 }))
    return text(fc.string({ minLength: 1, maxLength: 20 }))
  }
  return fc.oneof({ weight: depth === 0 ? 12 : 8, arbitrary: good() }, { weight: 1, arbitrary: badText })
}

const objectText = ({ properties = {}, required = [] }: JsonSchema, depth: number): fc.Arbitrary<string> => {
  const members = Object.entries(properties).map(([name, schema]) =>
    fc.tuple(fc.constant(name), fc.double({ min: 0, max: 1, noNaN: true }), textOf(schema, depth + 1)),
  )
  const stray = fc.option(badText, { freq: 15 })
  return fc.tuple(fc.tuple(...members), stray).map(([all, unknown]) => {
    const kept = all.filter(([name, chance]) => (required.includes(name) ? chance < 0.95 : chance < 0.2))
    const parts = kept.map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    return `{${[...parts, ...(unknown === null ? [] : [`"stray":${unknown}`])].join(',')}}`
  })
}
