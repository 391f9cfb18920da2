import { z } from 'zod'
import { parseNetwork } from './outbound/address.ts'

const environment = z.object({
  /** As the serving role. Without it the embedded database of the folder is used. */
  DATABASE_URL: z.string().url().optional(),
  /** As the owner, for migrations and the command line's own work. */
  DATABASE_OWNER_URL: z.string().url().optional(),
  /** As an administrator of the server, who may create roles: for `headway bi user` only. */
  DATABASE_ADMIN_URL: z.string().url().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Where the embedded database lives. */
  HEADWAY_DATA: z.string().default('.headway'),
  /** Requests a second per credential, or `off`. */
  RATE_LIMIT: z.union([z.literal('off'), z.coerce.number().int().positive()]).default(100),
  /** Left out: `warn` on a terminal, where a line per request would bury what is printed for people, else `info`. */
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default(() => (process.stdout.isTTY ? 'warn' : 'info')),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWKS_URL: z.string().url().optional(),
  /** JSON: where a token says tenant, user, subject, roles and scopes, when not in the usual claims. */
  JWT_CLAIMS: z
    .string()
    .transform((text) => JSON.parse(text) as Record<string, string>)
    .optional(),
  /** True behind a proxy that sets X-Forwarded-For. */
  TRUST_PROXY: z.stringbool().default(false),
  /** Private networks that webhooks may reach, as addresses or ranges: `127.0.0.1,::1,10.0.0.0/8`. None by default. */
  WEBHOOK_NETWORKS: z
    .string()
    .default('')
    .transform((list, ctx) =>
      list
        .split(',')
        .filter((each) => each.trim() !== '')
        .flatMap((each) => {
          const network = parseNetwork(each.trim())
          if (!network) ctx.addIssue({ code: 'custom', message: `${each} is no address and no range` })
          return network ? [network] : []
        }),
    ),
  /** Megabytes (of 10⁶ bytes) of export files each organization may keep in the database. */
  EXPORT_STORAGE_MB: z.coerce.number().int().min(1).max(1_000_000_000).default(10_000),
  POOL_SIZE: z.coerce.number().int().min(4).max(200).default(16),
})

export type Config = ReturnType<typeof readConfig>

/** The environment, judged once; the only reader of process.env. Throws with every setting that is wrong. */
export const readConfig = (env: NodeJS.ProcessEnv = process.env) => {
  const parsed = environment.safeParse(env)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`The settings are not usable.\n  ${faults.join('\n  ')}`)
  }
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWKS_URL: jwksUrl, JWT_CLAIMS: claims, ...settings } = parsed.data
  const named = [issuer, audience, jwksUrl].filter((value) => value !== undefined)
  if (named.length !== 0 && named.length !== 3)
    throw new Error('JWT_ISSUER, JWT_AUDIENCE and JWKS_URL belong together.')
  return {
    databaseUrl: settings.DATABASE_URL,
    ownerUrl: settings.DATABASE_OWNER_URL,
    adminUrl: settings.DATABASE_ADMIN_URL,
    host: settings.HOST,
    port: settings.PORT,
    dataFolder: settings.HEADWAY_DATA,
    rate: settings.RATE_LIMIT === 'off' ? null : { perSecond: settings.RATE_LIMIT, burst: settings.RATE_LIMIT * 2 },
    logLevel: settings.LOG_LEVEL,
    jwt: issuer && audience && jwksUrl ? { issuer, audience, jwksUrl, ...(claims ? { claims } : {}) } : undefined,
    trustProxy: settings.TRUST_PROXY,
    networks: settings.WEBHOOK_NETWORKS,
    exportBytes: settings.EXPORT_STORAGE_MB * 1_000_000,
    poolSize: settings.POOL_SIZE,
  }
}
