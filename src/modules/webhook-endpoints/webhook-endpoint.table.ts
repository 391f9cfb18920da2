import { bigint, check, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { Role, Scope } from '../../auth/actor.ts'
import { instant, oneOf, resourceTable } from '../../db/columns.ts'

export const endpointStates = ['enabled', 'disabled'] as const
export const disabledReasons = ['requested', 'gone', 'failing', 'creator_gone'] as const

export const webhookEndpoints = resourceTable(
  'webhook_endpoints',
  {
    url: text('url').notNull(),
    description: text('description'),
    eventTypes: text('event_types').array().notNull(),
    state: text('state', { enum: endpointStates }).notNull(),
    disabledReason: text('disabled_reason', { enum: disabledReasons }),
    /** Who made it, and as what: it hears of what they may see, for as long as they are there. */
    createdBy: uuid('created_by').notNull(),
    creatorKind: text('creator_kind', { enum: ['api_key', 'user'] }).notNull(),
    creatorRoles: text('creator_roles').array().$type<Role[]>().notNull(),
    creatorScopes: text('creator_scopes').array().$type<Scope[]>().notNull(),
    /** `whsec_` and base64 of 32 random bytes; as it is, because each delivery is signed with it. */
    secret: text('secret').notNull(),
    previousSecret: text('previous_secret'),
    previousSecretUntil: instant('previous_secret_until'),
    /** Since when nothing has been delivered although it was tried. */
    failingSince: instant('failing_since'),
  },
  (t) => [
    check('webhook_endpoints_state', oneOf(t.state, endpointStates)),
    check('webhook_endpoints_disabled_reason', oneOf(t.disabledReason, disabledReasons)),
    check('webhook_endpoints_creator_kind', oneOf(t.creatorKind, ['api_key', 'user'])),
  ],
)

/** How far an organization's events have become deliveries. Whoever makes or takes deliveries locks this row first. */
export const webhookCursors = pgTable('webhook_cursors', {
  tenantId: uuid('tenant_id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
})

/** Ids of organizations that have ever had an endpoint; without row-level security, so that the sweep visits no others. */
export const webhookTenants = pgTable('webhook_tenants', { id: uuid('id').primaryKey() })
