import { type FormulaFault, type Operator, Refusal, type Token, tokensOf } from './formula-tokens.ts'

export type FormulaNode =
  | { type: 'number'; value: number }
  /** The value of a KPI, `back` periods before the one evaluated. */
  | { type: 'kpi'; code: string; back: number }
  | { type: 'negate'; of: FormulaNode }
  | { type: 'operation'; operator: Operator; left: FormulaNode; right: FormulaNode; at: number }
  | { type: 'call'; name: FormulaFunction; args: readonly FormulaNode[]; at: number }

export type FormulaFunction = 'min' | 'max' | 'abs' | 'round' | 'coalesce'

/** A formula that was understood. `kpis` are the codes it reads, each once; `back` the most periods it looks back. */
export type KpiFormula = { root: FormulaNode; kpis: readonly string[]; back: number }

/** Longer, deeper and larger ones are refused before anything is computed. */
export const formulaLimits = { length: 2_000, depth: 32, nodes: 200, arguments: 20, back: 400 } as const

/** Fewest and most arguments. */
const functions: Record<FormulaFunction, readonly [number, number]> = {
  min: [1, formulaLimits.arguments],
  max: [1, formulaLimits.arguments],
  abs: [1, 1],
  round: [1, 2],
  coalesce: [1, formulaLimits.arguments],
}
const isFunction = (name: string): name is FormulaFunction => Object.hasOwn(functions, name)

const strength: Partial<Record<Token['type'], number>> = { '+': 1, '-': 1, '*': 2, '/': 2 }
const signStrength = 3

/**
 * Reads a formula over KPIs (docs/scoring.md, section 7): `+ - * /`, parentheses, numbers, codes of KPIs,
 * `min max abs round coalesce` and `prev(kpi, n)`. There is no other function, no member, no assignment and no way to
 * make a value larger than a number.
 */
export const parseFormula = (
  text: string,
): { formula: KpiFormula; fault: null } | { formula: null; fault: FormulaFault } => {
  try {
    if (text.length > formulaLimits.length)
      throw new Refusal('formula_too_complex', formulaLimits.length, `longer than ${formulaLimits.length} characters`)
    return { formula: parse(tokensOf(text)), fault: null }
  } catch (error) {
    if (error instanceof Refusal) return { formula: null, fault: error.fault }
    throw error
  }
}

/** A Pratt parser: operators bind by their strength, equal ones from the left. */
const parse = (tokens: readonly Token[]): KpiFormula => {
  let next = 0
  let nodes = 0
  let back = 0
  const kpis = new Set<string>()
  const peek = () => tokens[next] as Token
  // The end can be taken again and again.
  const take = () => tokens[Math.min(next++, tokens.length - 1)] as Token

  const expect = (type: Token['type']): Token => {
    const token = take()
    if (token.type !== type) throw unexpected(token, `"${type}"`)
    return token
  }
  const node = (made: FormulaNode, at: number): FormulaNode => {
    if (++nodes > formulaLimits.nodes) throw new Refusal('formula_too_complex', at, 'too many parts')
    return made
  }

  const expression = (least: number, depth: number): FormulaNode => {
    if (depth > formulaLimits.depth) throw new Refusal('formula_too_complex', peek().at, 'nested too deeply')
    let left = operand(depth)
    for (let binds = strength[peek().type] ?? 0; binds > least; binds = strength[peek().type] ?? 0) {
      const { type, at } = take()
      const right = expression(binds, depth + 1)
      left = node({ type: 'operation', operator: type as Operator, left, right, at }, at)
    }
    return left
  }

  const operand = (depth: number): FormulaNode => {
    const token = take()
    if (token.type === 'number') return node({ type: 'number', value: token.value }, token.at)
    if (token.type === '-') return node({ type: 'negate', of: expression(signStrength, depth + 1) }, token.at)
    if (token.type === '(') {
      const inside = expression(0, depth + 1)
      expect(')')
      return inside
    }
    if (token.type === 'word' && peek().type === '(') return call(token.text, token.at, depth)
    if (token.type === 'word' || token.type === 'code') return kpi(token, 0)
    throw unexpected(token, 'a number, a KPI or "("')
  }

  const kpi = (token: Token, periods: number): FormulaNode => {
    if (token.type !== 'word' && token.type !== 'code') throw unexpected(token, "a KPI's code")
    kpis.add(token.text)
    back = Math.max(back, periods)
    return node({ type: 'kpi', code: token.text, back: periods }, token.at)
  }

  const call = (name: string, at: number, depth: number): FormulaNode => {
    expect('(')
    if (name === 'prev') return previous()
    if (!isFunction(name)) throw new Refusal('unknown_function', at, `there is no function ${name}`)
    const args = [expression(0, depth + 1)]
    while (peek().type === ',') {
      const comma = take()
      if (args.length === formulaLimits.arguments)
        throw new Refusal('formula_too_complex', comma.at, 'too many arguments')
      args.push(expression(0, depth + 1))
    }
    expect(')')
    requireArguments(name, args, at)
    return node({ type: 'call', name, args, at }, at)
  }

  const previous = (): FormulaNode => {
    const of = take()
    expect(',')
    const count = take()
    const periods = count.type === 'number' ? count.value : Number.NaN
    if (!Number.isInteger(periods) || periods < 1 || periods > formulaLimits.back)
      throw new Refusal('wrong_arguments', count.at, `prev goes back a number of periods, 1 to ${formulaLimits.back}`)
    expect(')')
    return kpi(of, periods)
  }

  const root = expression(0, 1)
  const rest = peek()
  if (rest.type !== 'end') throw unexpected(rest, 'an operator or the end')
  return { root, kpis: [...kpis], back }
}

const requireArguments = (name: FormulaFunction, args: readonly FormulaNode[], at: number): void => {
  const [fewest, most] = functions[name]
  if (args.length < fewest || args.length > most)
    throw new Refusal('wrong_arguments', at, `${name} takes ${fewest === most ? fewest : `${fewest} to ${most}`}`)
  const digits = name === 'round' ? args[1] : undefined
  if (digits && !(digits.type === 'number' && Number.isInteger(digits.value) && digits.value <= 6))
    throw new Refusal('wrong_arguments', at, 'round takes a value and a number of decimals, 0 to 6')
}

const unexpected = (token: Token, wanted: string): Refusal =>
  new Refusal(
    'formula_syntax',
    token.at,
    token.type === 'end'
      ? `ends where ${wanted} was expected`
      : `did not expect "${'text' in token ? token.text : 'value' in token ? token.value : token.type}", but ${wanted}`,
  )
