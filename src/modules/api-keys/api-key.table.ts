import { check, text } from 'drizzle-orm/pg-core'
import { type Role, roles, type Scope } from '../../auth/actor.ts'
import { instant, oneOf, resourceTable } from '../../db/columns.ts'

export const apiKeys = resourceTable(
  'api_keys',
  {
    name: text('name').notNull(),
    /** SHA-256 of the secret, hex. The secret is 32 random bytes, so a fast hash is enough. */
    secretHash: text('secret_hash').notNull(),
    role: text('role').$type<Role>().notNull(),
    scopes: text('scopes').array().$type<Scope[]>().notNull(),
    expiresAt: instant('expires_at'),
    lastUsedAt: instant('last_used_at'),
  },
  (t) => [check('api_keys_role', oneOf(t.role, roles))],
)
