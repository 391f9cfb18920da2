import { Command } from 'commander'
import { withPool } from './database.ts'
import { note, print } from './output.ts'

/** `headway demo`: one more demo organization, in the database at hand. */
export const demoCommand = new Command('demo')
  .description('create the demo organization in the database at hand')
  .option('--json', 'print { "organizationId", "apiKey", … }')
  .action(async ({ json }: { json?: boolean }) => {
    const { createDemo } = await import('../demo/demo.ts')
    const demo = await withPool((pool) => createDemo(pool, { now: new Date(), log: note }))
    const { organizationName, organizationId, apiKey } = demo
    print(json, demo, `Organization  ${organizationName}, ${organizationId}\nAdmin key     ${apiKey}  (shown only now)`)
  })
