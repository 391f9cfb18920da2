import { Command } from 'commander'
import { readConfig } from '../config.ts'
import { openDatabase } from './database.ts'
import { examine, type Finding } from './doctor.checks.ts'
import { print } from './output.ts'

const lineOf = ({ ok, check, says, advice }: Finding): string =>
  `${ok ? 'ok   ' : 'FAIL '} ${check}: ${says}${ok || !advice ? '' : `\n      → ${advice}`}`

/** `headway doctor`: looks at everything that has to be right, and says what to do where it is not. */
export const doctorCommand = new Command('doctor')
  .description('check the settings and the database; exit code 1 when something is wrong')
  .option('--json', 'print { "ok", "findings" }')
  .action(async ({ json }: { json?: boolean }) => {
    // A wrong setting ends the command with its own line: nothing else can be looked at then.
    const database = await openDatabase(readConfig())
    try {
      const findings = await examine(database)
      const ok = findings.every((finding) => finding.ok)
      print(json, { ok, findings }, findings.map(lineOf).join('\n'))
      if (!ok) process.exitCode = 1
    } finally {
      await database.stop()
    }
  })
