import { z } from 'zod'
import { canonicalInstant } from '../../api/fields.ts'
import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { createApiKey } from '../../auth/api-key.ts'
import { admin } from '../../auth/rules.ts'
import { apiKey, apiKeyInputs, apiKeySchema } from './api-key.resource.ts'
import type { apiKeys } from './api-key.table.ts'

const created = apiKeySchema
  .extend({
    apiKey: z.string().nullable().meta({ description: 'The key itself; null when a retry is answered again.' }),
  })
  .strict()
  .meta({ id: 'CreatedApiKey', description: 'A new key, with its secret.' })

/** The secret lives from the row's making to its answer, in this process only. */
const secrets = new WeakMap<object, string>()

export const apiKeyOperations = [
  ...reads(apiKey, admin),
  ...writes<typeof apiKeys.$inferSelect>({
    resource: apiKey,
    create: { input: apiKeyInputs.create, allow: admin },
    update: { input: apiKeyInputs.update, allow: admin },
    delete: { allow: admin },
    toRow: ({ expiresAt: end }) => (typeof end === 'string' ? { expiresAt: canonicalInstant(end) } : {}),
    judge: (ctx, { before, after }) => {
      if (before) return
      const { text, secretHash } = createApiKey(ctx.actor.tenantId, after.id)
      after.secretHash = secretHash
      secrets.set(ctx, text)
    },
    created: { schema: created, once: ['apiKey'], of: (_row, ctx) => ({ apiKey: secrets.get(ctx) ?? null }) },
    bulk: false,
  }),
]
