import { Command } from 'commander'
import { z } from 'zod'
import { id } from '../api/fields.ts'
import { withPool } from './database.ts'
import { type ImportProblem, importFile, type Report, withImporter } from './import.send.ts'
import { importUsersCommand } from './import.users.ts'
import { print } from './output.ts'

const text = z.string().min(1)
const options = z.object({
  org: id.optional(),
  kpi: text.optional(),
  kpiColumn: text.optional(),
  period: text.optional(),
  value: text.optional(),
  numerator: text.optional(),
  denominator: text.optional(),
  note: text.optional(),
  unit: text.optional(),
  dimensions: text.transform((list) => list.split(',').map((name) => name.trim())).optional(),
  delimiter: text.optional(),
  atomic: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  json: z.boolean().optional(),
})

/** The query of the import operation, which judges it. */
const queryOf = (given: z.output<typeof options>): URLSearchParams => {
  const query = new URLSearchParams()
  const { kpi, kpiColumn, delimiter, dimensions = [] } = given
  for (const [name, value] of Object.entries({ kpi, kpiColumn, delimiter })) if (value) query.set(name, value)
  for (const member of ['period', 'value', 'numerator', 'denominator', 'note', 'unit'] as const) {
    const column = given[member]
    if (column) query.set(`${member}Column`, column)
  }
  for (const name of dimensions) query.append('dimensions', name)
  if (given.atomic) query.set('atomic', 'true')
  if (given.dryRun) query.set('validateOnly', 'true')
  return query
}

const count = (name: string, number: number): string => `${name.padEnd(10)} ${number.toLocaleString('en').padStart(12)}`

const textOf = ({ rows, created, corrected, noted, unchanged, refused, refusals }: Report): string =>
  [
    count('Rows', rows),
    count('Created', created),
    count('Corrected', corrected),
    count('Noted', noted),
    count('Unchanged', unchanged),
    count('Refused', refused),
    ...refusals.map(({ line, column, message }) => `  line ${line}${column ? `, ${column}` : ''}: ${message}`),
    ...(refused > refusals.length ? [`  and ${(refused - refusals.length).toLocaleString('en')} more`] : []),
  ].join('\n')

const refusedText = ({ detail, errors }: ImportProblem): string =>
  [detail, ...errors.map(({ pointer, message }) => `  ${pointer}: ${message}`)].join('\n')

/** `headway import`: a file of measurements, into the database at hand. */
export const importCommand = new Command('import')
  // What stands behind `users` belongs to it.
  .enablePositionalOptions()
  .description('import measurements from a CSV or NDJSON file, up to 512 MB of text; .gz is read too')
  .argument('<file>')
  .option('--org <id>', 'the organization; may be left out where there is only one')
  .option('--kpi <code>', 'the KPI all rows are of')
  .option('--kpi-column <name>', 'the column that holds the code of the KPI (kpiCode)')
  .option('--period <name>', 'the column that holds the period (period)')
  .option('--value <name>', 'the column that holds the value (value)')
  .option('--numerator <name>', 'the column that holds the numerator (numerator)')
  .option('--denominator <name>', 'the column that holds the denominator (denominator)')
  .option('--note <name>', 'the column that holds notes (note)')
  .option('--unit <name>', 'the column that holds the unit: rows of another unit than the KPI’s are refused')
  .option('--dimensions <names>', 'columns that say what a value is of, such as Sex,Age,Country')
  .option('--delimiter <word>', 'comma, semicolon or tab (comma)')
  .option('--atomic', 'write nothing when a row is refused')
  .option('--dry-run', 'judge everything, write nothing')
  .option('--json', 'print the report as JSON')
  .action(async (file: string, raw: unknown) => {
    const given = options.parse(raw)
    const outcome = await withPool((pool) =>
      withImporter(pool, given.org, (importer) => importFile(importer, file, queryOf(given))),
    )
    if ('report' in outcome) return print(given.json, outcome.report, textOf(outcome.report))
    if (given.json) print(true, outcome.problem, '')
    throw new Error(refusedText(outcome.problem))
  })
  .addCommand(importUsersCommand)
