import { Command } from 'commander'
import { z } from 'zod'
import { createOrganization } from '../modules/organization/organization.create.ts'
import { organizationSchema } from '../modules/organization/organization.resource.ts'
import { withPool } from './database.ts'
import { print } from './output.ts'

const { name, timeZone } = organizationSchema.shape
const options = z.object({ name, timeZone: timeZone.default('UTC'), json: z.boolean().optional() })

const create = new Command('create')
  .description('create an organization and its first key, an administrator')
  .requiredOption('--name <name>')
  .option('--time-zone <zone>', 'IANA name, such as Europe/Berlin', 'UTC')
  .option('--json', 'print { "organizationId", "apiKey" }')
  .action(async (given: unknown) => {
    const { json, ...organization } = options.parse(given)
    const created = await withPool((pool) => createOrganization(pool, organization, new Date()))
    const { organizationId, apiKey } = created
    print(
      json,
      { organizationId, apiKey },
      `Organization  ${organizationId}\nAdmin key     ${apiKey}  (shown only now)`,
    )
  })

/** `headway org …` */
export const orgCommand = new Command('org').description('organizations').addCommand(create)
