import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { base, instant, name } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { scope } from '../me/me.resource.ts'
import { role } from '../users/user.resource.ts'
import { apiKeys } from './api-key.table.ts'

export const apiKeySchema = z
  .strictObject({
    ...base,
    name,
    role,
    scopes: z.array(scope).min(1).max(20),
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'To the minute.' }),
  })
  .meta({ id: 'ApiKey', description: 'Access for a machine. The secret is shown once, when the key is created.' })

/** What callers may write. What a key may do is fixed: who holds it should not gain or lose rights unseen. */
export const apiKeyInputs = inputsOf(
  apiKeySchema,
  { externalId: null, name: required, role: 'integration', scopes: required, expiresAt: null },
  { fixed: ['role', 'scopes'] },
)

export const apiKey = resource({
  name: 'ApiKey',
  path: 'api-keys',
  type: 'api_key',
  schema: apiKeySchema,
  table: apiKeys,
  scopes: { read: 'admin', write: 'admin' },
  visible: (sight) => (sight === 'everything' ? undefined : sql`false`),
  filters: ['externalId', 'role'],
  sorts: ['name', 'lastUsedAt', 'expiresAt'],
  search: ['name'],
})
