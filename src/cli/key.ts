import { Command } from 'commander'
import { z } from 'zod'
import { canonicalInstant, id, instant, name } from '../api/fields.ts'
import { scope } from '../modules/me/me.resource.ts'
import { createKey } from '../modules/organization/organization.create.ts'
import { role } from '../modules/users/user.resource.ts'
import { withPool } from './database.ts'
import { type KeyLine, listKeys, requireOrganization, revokeKey } from './key.queries.ts'
import { print } from './output.ts'

const json = z.boolean().optional()
const ofOrganization = z.object({ org: id, json })
const creation = ofOrganization.extend({
  scopes: z
    .string()
    .transform((list) => list.split(',').map((word) => word.trim()))
    .pipe(z.array(scope)),
  role,
  name,
  expires: z
    .union([instant, z.iso.date()], 'a day such as 2027-01-31, or an instant such as 2027-01-31T12:00:00Z')
    .transform(canonicalInstant)
    .optional(),
})

const create = new Command('create')
  .description('create an API key; it is shown only now')
  .requiredOption('--org <id>', 'the organization')
  .requiredOption('--scopes <list>', 'such as okr:read,okr:write')
  .option('--role <role>', 'what it may do: admin, hr, manager, member, viewer or integration', 'integration')
  .option('--name <name>', 'what it is for', 'Command line')
  .option('--expires <when>', 'a day (its beginning, UTC) or an RFC 3339 instant; never, unless said')
  .option('--json', 'print { "id", "apiKey" }')
  .action(async (given: unknown) => {
    const { org, expires, json: asJson, ...key } = creation.parse(given)
    const created = await withPool(async (pool) => {
      await requireOrganization(pool, org)
      return createKey(pool, org, { ...key, expiresAt: expires ?? null }, new Date())
    })
    print(
      asJson,
      { id: created.id, apiKey: created.apiKey },
      `Id   ${created.id}\nKey  ${created.apiKey}  (shown only now)`,
    )
  })

const lineOf = (key: KeyLine): string =>
  [
    key.id,
    key.role.padEnd(11),
    key.scopes.join(','),
    key.name,
    key.expiresAt ? `expires ${key.expiresAt}` : '',
    key.lastUsedAt ? `used ${key.lastUsedAt}` : 'never used',
  ]
    .filter(Boolean)
    .join('  ')

const list = new Command('list')
  .description('list the keys of an organization')
  .requiredOption('--org <id>', 'the organization')
  .option('--json', 'print { "items": [...] }')
  .action(async (given: unknown) => {
    const { org, json: asJson } = ofOrganization.parse(given)
    const items = await withPool(async (pool) => {
      await requireOrganization(pool, org)
      return listKeys(pool, org)
    })
    print(asJson, { items }, items.map(lineOf).join('\n'))
  })

const revoke = new Command('revoke')
  .description('revoke a key; running servers refuse it within 10 seconds')
  .argument('<id>', 'the id of the key, not the key itself')
  .requiredOption('--org <id>', 'the organization')
  .option('--json', 'print { "id", "revokedAt" }')
  .action(async (wanted: string, given: unknown) => {
    const { org, json: asJson } = ofOrganization.parse(given)
    const revoked = await withPool((pool) => revokeKey(pool, org, id.parse(wanted), new Date()))
    print(asJson, revoked, `Revoked ${revoked.id}`)
  })

/** `headway key …` */
export const keyCommand = new Command('key')
  .description('API keys')
  .addCommand(create)
  .addCommand(list)
  .addCommand(revoke)
