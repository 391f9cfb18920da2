import { Command } from 'commander'
import { version } from '../version.ts'
import { auditCommand } from './audit.ts'
import { biCommand } from './bi.ts'
import { demoCommand } from './demo.ts'
import { doctorCommand } from './doctor.ts'
import { importCommand } from './import.ts'
import { keyCommand } from './key.ts'
import { migrateCommand } from './migrate.ts'
import { openapiCommand } from './openapi.ts'
import { orgCommand } from './org.ts'
import { fail } from './output.ts'

const serveCommand = new Command('serve')
  .description('serve the API; the same as npm start')
  .action(async () => void (await import('../main.ts')))

const program = new Command('headway')
  .enablePositionalOptions()
  .description('Headway: objectives, key results, KPIs and check-ins over REST and GraphQL, on Postgres.')
  .version(version)
  .addHelpText('after', '\nWorks on DATABASE_URL, or without it on the embedded database of the folder.')

for (const command of [
  serveCommand,
  migrateCommand,
  orgCommand,
  keyCommand,
  biCommand,
  auditCommand,
  importCommand,
  demoCommand,
  openapiCommand,
  doctorCommand,
])
  program.addCommand(command)

/** Runs one command line, the arguments only; a failure is told and sets the exit code. */
export const run = async (args: readonly string[]): Promise<void> => {
  await program.parseAsync(args, { from: 'user' }).catch(fail)
}
