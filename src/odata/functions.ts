import type { EdmType } from '../bi/column.ts'
import { unreadable } from './odata-error.ts'
import type { Typed } from './to-sql.ts'

type Function = (args: Typed[], name: string) => Typed

const takes =
  (wanted: EdmType[][], result: EdmType, sql: (...args: string[]) => string): Function =>
  (args, name) => {
    const fits = args.length === wanted.length && args.every(({ type }, at) => wanted[at]?.includes(type))
    if (!fits) throw unreadable(`${name} takes ${wanted.map((types) => types.join(' or ')).join(', ') || 'nothing'}`)
    return { sql: sql(...args.map((arg) => arg.sql)), type: result }
  }

const text: EdmType[] = ['String']
const number: EdmType[] = ['Double', 'Int32', 'Int64']
const instant: EdmType[] = ['DateTimeOffset']
const dated: EdmType[] = ['Date', 'DateTimeOffset']

/** Instants are read in UTC, whatever the session's zone is; a day has none. */
const part =
  (name: string, of: EdmType[]): Function =>
  (args, called) =>
    takes(
      [of],
      'Int32',
      (value) => `extract(${name} from ${args[0]?.type === 'Date' ? value : `(${value} at time zone 'UTC')`})::float8`,
    )(args, called)

/** Functions of `$filter`, as SQL. Positions count from 0, as OData has them. */
export const functions: Readonly<Record<string, Function>> = {
  __proto__: null as never,
  contains: takes([text, text], 'Boolean', (a, b) => `(position(${b} in ${a}) > 0)`),
  startswith: takes([text, text], 'Boolean', (a, b) => `starts_with(${a}, ${b})`),
  endswith: takes([text, text], 'Boolean', (a, b) => `(right(${a}, length(${b})) = ${b})`),
  tolower: takes([text], 'String', (a) => `lower(${a})`),
  toupper: takes([text], 'String', (a) => `upper(${a})`),
  trim: takes([text], 'String', (a) => `btrim(${a})`),
  concat: takes([text, text], 'String', (a, b) => `(${a} || ${b})`),
  length: takes([text], 'Int32', (a) => `length(${a})::float8`),
  indexof: takes([text, text], 'Int32', (a, b) => `(position(${b} in ${a}) - 1)::float8`),
  date: takes([instant], 'Date', (a) => `(${a} at time zone 'UTC')::date`),
  year: part('year', dated),
  month: part('month', dated),
  day: part('day', dated),
  hour: part('hour', instant),
  minute: part('minute', instant),
  now: takes([], 'DateTimeOffset', () => 'transaction_timestamp()'),
  round: takes([number], 'Double', (a) => `(sign(${a}) * floor(abs(${a}) + 0.5))`),
  floor: takes([number], 'Double', (a) => `floor(${a})`),
  ceiling: takes([number], 'Double', (a) => `ceiling(${a})`),
}
