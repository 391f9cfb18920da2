import { Command } from 'commander'
import { z } from 'zod'
import { id } from '../api/fields.ts'
import { withPool } from './database.ts'
import { columnsOf, readPeople } from './import.people.ts'
import { requireOrganization } from './key.queries.ts'
import { note, print } from './output.ts'

const options = z.object({
  org: id,
  map: z.array(z.string()),
  dryRun: z.boolean().optional(),
  json: z.boolean().optional(),
})

/** A set this large is written in one transaction, so its statements may take their time. */
const statementTimeout = 120_000

/** `headway import users …` */
export const importUsersCommand = new Command('users')
  .description('create and change people from a CSV file, by their external ids; all of it or nothing')
  .argument('<file>', 'CSV with a header line, in UTF-8; commas, semicolons or tabs')
  .requiredOption('--org <id>', 'the organization')
  .option(
    '--map <header=member>',
    'what a column is, as in "Supervisor=managerEmail"; "Salary=" leaves it out',
    (pair: string, known: string[]) => [...known, pair],
    [] as string[],
  )
  .option('--dry-run', 'tell what would change, and change nothing')
  .option('--json', 'print { "created", "updated", "unchanged", "items": [...] }')
  .addHelpText('after', `\nColumns: ${columnsOf.join(', ')}.`)
  .action(async (file: string, given: unknown) => {
    const { org, map, dryRun, json } = options.parse(given)
    note(`Reading ${file}`)
    const people = await readPeople(file, map)
    note(`${dryRun ? 'Comparing' : 'Writing'} ${people.length} people`)
    // Loaded when asked for, because the other commands start in half the time without it.
    const { importPeople } = await import('./import.run.ts')
    const report = await withPool(
      async (pool) => {
        await requireOrganization(pool, org)
        return importPeople(pool, org, people, { dryRun: dryRun === true, now: new Date() })
      },
      { statementTimeout },
    )
    const { created, updated, unchanged, items } = report
    const told = items.filter(({ outcome }) => outcome !== 'unchanged')
    const lines = told.map(
      ({ line, externalId, outcome, changed }) =>
        `line ${line}  ${externalId}  ${outcome}${changed.length > 0 ? `: ${changed.join(', ')}` : ''}`,
    )
    const summary = `${dryRun ? 'Would be: ' : ''}${created} created, ${updated} updated, ${unchanged} unchanged`
    print(json, report, [...(dryRun ? lines : []), summary].join('\n'))
  })
