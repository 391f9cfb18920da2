import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluateFormula, type KpiFormula, parseFormula, unitFault } from '../../src/scoring/index.ts'

const parsed = (text: string): KpiFormula => {
  const { formula, fault } = parseFormula(text)
  if (!formula) throw new Error(`${text}: ${JSON.stringify(fault)}`)
  return formula
}
/** Series of values by code, the newest last. */
const series: Record<string, (number | null)[]> = {
  A: [2, 4, 8],
  B: [1, null, 0],
  Umsatz_ä: [100, 110, 121],
  '% Absenteeism': [3, 5, 4],
  'odd ] code': [7, 7, 7],
}
const valueOf = (code: string, back: number) => series[code]?.at(-1 - back) ?? null

describe('a formula is worked out', () => {
  test.each<[string, number | null, string | null]>([
    ['1 + 2 * 3 - 4 / 2', 5, null],
    ['8 - 4 - 2', 2, null],
    ['8 / 4 / 2', 1, null],
    ['(1 + 2) * -3', -9, null],
    ['--2 - -2', 4, null],
    ['-A * A', -64, null],
    ['0.1 + 0.2', 0.3, null],
    ['1e3 * 2.5E-1', 250, null],
    ['[% Absenteeism] * 2', 8, null],
    ['[odd ]] code] + 0', 7, null],
    ['(A - prev(A, 1)) / prev(A, 1) * 100', 100, null],
    ['Umsatz_ä / prev([Umsatz_ä], 2) - 1', 0.21, null],
    ['min(3, A, 5) + max(1, 2) + abs(-4)', 9, null],
    ['round(2.5) + round(-2.5)', 0, null],
    ['round(1.005, 2)', 1.01, null],
    ['0 * -1', 0, null],
    ['prev(B, 1)', null, null],
    ['prev(B, 9)', null, null],
    ['min(A, prev(B, 1))', null, null],
    ['coalesce(prev(B, 1), prev(B, 2), 5)', 1, null],
    ['coalesce(prev(B, 1), 5)', 5, null],
    ['A / B', null, 'division_by_zero'],
    ['1 + A / (B * 3)', null, 'division_by_zero'],
    ['coalesce(A / B, 3)', 3, null],
    ['coalesce(prev(B, 1), A / B)', null, 'division_by_zero'],
    ['1 / (A / B)', null, 'division_by_zero'],
    ['1e15 * 1e15', null, 'out_of_range'],
    ['1 / 1e15 / 1e15 / 1e15', 1e-45, null],
  ])('%s', (text, value, reason) => {
    expect(evaluateFormula(parsed(text), valueOf)).toEqual({ value, reason })
  })

  test('it names the KPIs it reads, each once, and how far it looks back', () => {
    expect(parsed('A + prev(A, 3) + [A] + B + prev(B, 12)')).toMatchObject({ kpis: ['A', 'B'], back: 12 })
  })
})

describe('a formula is refused, and told where', () => {
  const deep = (count: number) => '('.repeat(count) + '1' + ')'.repeat(count)
  test.each<[string, string, number]>([
    ['', 'formula_syntax', 0],
    ['1 +', 'formula_syntax', 3],
    ['1 2', 'formula_syntax', 2],
    ['A B', 'formula_syntax', 2],
    ['(1', 'formula_syntax', 2],
    ['1)', 'formula_syntax', 1],
    ['* 2', 'formula_syntax', 0],
    ['A ** 2', 'formula_syntax', 3],
    ['A = 2', 'formula_syntax', 2],
    ['A.constructor', 'formula_syntax', 1],
    ['A[0]', 'formula_syntax', 1],
    ['"text"', 'formula_syntax', 0],
    ['[open', 'formula_syntax', 0],
    ['[]', 'formula_syntax', 0],
    ['1e999', 'formula_syntax', 0],
    ['Infinity()', 'unknown_function', 0],
    ['zeros(1e9,1e9)', 'unknown_function', 0],
    ['toString(1)', 'unknown_function', 0],
    ['2 * __proto__(1)', 'unknown_function', 4],
    ['min()', 'formula_syntax', 4],
    ['abs(1, 2)', 'wrong_arguments', 0],
    ['round(1, 7)', 'wrong_arguments', 0],
    ['round(1, A)', 'wrong_arguments', 0],
    ['prev(', 'formula_syntax', 5],
    ['prev(A)', 'formula_syntax', 6],
    ['prev(A, 0)', 'wrong_arguments', 8],
    ['prev(A, 1e9)', 'wrong_arguments', 8],
    ['prev(A, B)', 'wrong_arguments', 8],
    ['prev(A + 1, 1)', 'formula_syntax', 7],
    ['prev(prev(A, 1), 1)', 'formula_syntax', 9],
    [`max(${'1,'.repeat(20)}1)`, 'formula_too_complex', 43],
    [deep(33), 'formula_too_complex', 32],
    [deep(10_000), 'formula_too_complex', 2_000],
    ['-'.repeat(500) + '1', 'formula_too_complex', 32],
    [`1${'+1'.repeat(150)}`, 'formula_too_complex', 199],
    ['A\u0000', 'formula_syntax', 1],
  ])('%s', (text, code, position) => {
    const { fault } = parseFormula(text)
    expect(fault).toMatchObject({ code, position })
  })

  test('what is hostile is refused as well, where a parser that tries each way would not come back', () => {
    for (const text of [deep(1_000_000), '['.repeat(2_000), '-'.repeat(2_000), '1+'.repeat(1_000), ' '.repeat(2_000)])
      expect(parseFormula(text).formula).toBeNull()
  })
})

describe('units', () => {
  const units: Record<string, string | null> = { A: '%', R: '%', D: '$', E: '€', H: 'people', U: null }
  const unitOf = (code: string) => units[code] ?? null
  test.each<[string, string | null]>([
    ['A + D', '% and $ do not go together'],
    ['D - E', '$ and € do not go together'],
    ['max(D, A)', '$ and % do not go together'],
    ['coalesce(D, E)', '$ and € do not go together'],
    ['D / H + D', '$·people^-1 and $ do not go together'],
    ['D * D - D', '$^2 and $ do not go together'],
    ['A + R', null],
    ['D + 5', null],
    ['(D + U) - 3', null],
    ['D * A + D', null],
    ['D / prev(D, 1) - 1 + A', null],
    ['D / H - prev(D, 1) / H', null],
    ['round(abs(-D), 2) + D', null],
    ['100 * H / H + A', null],
  ])('%s', (text, message) => {
    expect(unitFault(parsed(text), unitOf)?.message ?? null).toBe(message)
  })
})

/** A formula as its text and, worked out by other means, its value: Node's own parser, and a walk that throws. */
type Case = { text: string; js: string; value: () => number }
const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc.integer({ min: 0, max: 50 }).map((n) => ({ text: `${n}`, js: `${n}`, value: () => n })),
  fc.constantFrom('A', 'B', 'Z').map((code) => {
    const known = { A: 3, B: null, Z: 0 }[code] as number | null
    const value = () => {
      if (known === null) throw new Error('no value')
      return known
    }
    return { text: code === 'Z' ? '[Z]' : code, js: `(${known})`, value }
  }),
)
const { formula: cases } = fc.letrec<{ formula: Case }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    leaf,
    fc.tuple(tie('formula'), fc.constantFrom('+', '-', '*', '/'), tie('formula')).map(([left, sign, right]) => ({
      text: `(${left.text})${sign} (${right.text})`,
      js: `((${left.js})${sign}(${right.js}))`,
      value: () => {
        const [one, other] = [left.value(), right.value()]
        if (sign === '/' && other === 0) throw new Error('division by zero')
        return { '+': one + other, '-': one - other, '*': one * other, '/': one / other }[sign] as number
      },
    })),
    fc.tuple(tie('formula'), tie('formula')).map(([one, other]) => ({
      text: `coalesce(${one.text}, max(${other.text},2))`,
      js: '',
      value: () => {
        try {
          return one.value()
        } catch {
          return Math.max(other.value(), 2)
        }
      },
    })),
  ),
}))

describe('properties', () => {
  test('agrees with a walk over the same tree', () => {
    fc.assert(
      fc.property(cases, ({ text, value }) => {
        const { formula } = parseFormula(text)
        fc.pre(formula !== null)
        let wanted: number | null = null
        try {
          wanted = value()
        } catch {}
        const found = evaluateFormula(formula as KpiFormula, (code) => ({ A: 3, B: null, Z: 0 })[code] ?? null).value
        if (wanted === null) expect(found).toBeNull()
        else expect(found).toBeCloseTo(wanted, 6)
      }),
      { numRuns: 500 },
    )
  })

  test("binds as JavaScript's operators do", () => {
    const operand = fc.oneof(
      fc.integer({ min: 1, max: 9 }).map(String),
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 11, max: 19 })).map(([one, two]) => `(${one}-${two})`),
    )
    const chain = fc.array(fc.tuple(fc.constantFrom('+', '-', '*', '/', ' - -'), operand), { maxLength: 20 })
    fc.assert(
      fc.property(operand, chain, (first, rest) => {
        const text = first + rest.flat().join('')
        // oxlint-disable-next-line no-new-func, no-implied-eval -- the text is made of digits and signs above
        const wanted = new Function(`return ${text}`)() as number
        const { value } = evaluateFormula(parsed(text), () => null)
        expect(Math.abs((value as number) - wanted)).toBeLessThanOrEqual(Math.abs(wanted) * 1e-9 + 1e-12)
      }),
      { numRuns: 500 },
    )
  })

  test('whatever is written, it is understood or refused, never thrown', () => {
    const soup = fc.array(fc.constantFrom('A', '[x y]', '(', ')', ',', '+', '-', '*', '/', '1', 'min(', 'prev(', '['))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          soup.map((parts) => parts.join(' ')),
        ),
        (text) => {
          const { formula, fault } = parseFormula(text)
          if (!formula) {
            expect(fault.position).toBeLessThanOrEqual(text.length)
            return
          }
          const { value } = evaluateFormula(formula, () => 1)
          expect(value === null || Number.isFinite(value)).toBe(true)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
