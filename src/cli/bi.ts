import { Command } from 'commander'
import { z } from 'zod'
import { id } from '../api/fields.ts'
import { createLogin, dropLogin, listLogins } from '../bi/login.ts'
import { withAdmin } from './database.ts'
import { requireOrganization } from './key.queries.ts'
import { print } from './output.ts'

const ofOrganization = z.object({ org: id, json: z.boolean().optional() })

const create = new Command('create')
  .description('create a read-only login of the SQL views, bound to one organization; its password is shown only now')
  .requiredOption('--org <id>', 'the organization')
  .option('--json', 'print { "login", "password", "host", "port", "database" }')
  .action(async (given: unknown) => {
    const { org, json } = ofOrganization.parse(given)
    const made = await withAdmin(async ({ admin, pool, address }) => {
      await requireOrganization(pool, org)
      return { ...(await createLogin(admin, org)), ...address }
    })
    const { login, password, host, port, database } = made
    print(
      json,
      made,
      `Login     ${login}\nPassword  ${password}  (shown only now)\nConnect   psql "host=${host} port=${port} dbname=${database} user=${login}"`,
    )
  })

const list = new Command('list')
  .description('list the logins of an organization')
  .requiredOption('--org <id>', 'the organization')
  .option('--json', 'print { "items": [...] }')
  .action(async (given: unknown) => {
    const { org, json } = ofOrganization.parse(given)
    const items = await withAdmin(async ({ admin, pool }) => {
      await requireOrganization(pool, org)
      return listLogins(admin, org)
    })
    print(json, { items }, items.map(({ login, createdAt }) => `${login}  ${createdAt}`).join('\n'))
  })

const drop = new Command('drop')
  .description('take a login away and end its connections')
  .argument('<login>')
  .requiredOption('--org <id>', 'the organization')
  .option('--json', 'print { "login" }')
  .action(async (login: string, given: unknown) => {
    const { org, json } = ofOrganization.parse(given)
    const dropped = await withAdmin(({ admin }) => dropLogin(admin, org, login))
    if (!dropped) throw new Error('The organization has no such login.')
    print(json, { login }, `Dropped ${login}`)
  })

/** `headway bi …` */
export const biCommand = new Command('bi')
  .description('access for analysts')
  .addCommand(
    new Command('user').description('read-only SQL logins').addCommand(create).addCommand(list).addCommand(drop),
  )
