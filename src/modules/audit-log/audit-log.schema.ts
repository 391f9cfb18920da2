import { z } from 'zod'
import { id, instant } from '../../api/fields.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { auditLog } from '../../db/journal.table.ts'

const auditEntrySchema = z
  .strictObject({
    seq: z.int().meta({ format: 'int64', description: 'The place in the chain, from 1 without a gap.' }),
    id,
    at: instant,
    actorKind: z.enum(['api_key', 'user', 'command_line']).meta({ id: 'AuditActorKind' }),
    actorId: id.meta({ description: 'The API key or person; the organization itself for the command line.' }),
    operation: z.string().meta({ description: 'The operationId of what was done.' }),
    subjectIds: z.array(id).meta({ description: 'What it was done to.' }),
    inputDigest: z.string().meta({ description: 'A salted SHA-256 of what was sent.' }),
    requestId: z.string().meta({ description: 'As in the log and in `instance` of problems.' }),
    hash: z.string().meta({ description: 'SHA-256 over this entry and the hash before it.' }),
  })
  .meta({ id: 'AuditEntry', description: 'Who did what; kept in a chain that shows every later change.' })

export type AuditEntry = z.output<typeof auditEntrySchema>

export const auditEntryPage = z
  .strictObject({ items: z.array(auditEntrySchema), nextCursor: z.string().nullable() })
  .meta({ id: 'AuditEntryPage' })

/** Names the type on the GraphQL side; entries are written by the door alone. */
export const auditEntry: Resource = resource({
  name: 'AuditEntry',
  path: 'audit-log',
  type: 'audit_entry',
  schema: auditEntrySchema,
  table: auditLog,
  scopes: { read: 'admin', write: 'admin' },
  visible: () => undefined,
})
