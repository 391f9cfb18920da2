import { z } from 'zod'
import { applyEntries } from '../../api/apply.ts'
import { id } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { findOne, reads } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import type { Row } from '../../api/store.ts'
import { type Change, type Creatable, type Writes, writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { targetFault } from '../../outbound/target.ts'
import { countEndpoints, openForDeliveries } from './webhook-endpoint.queries.ts'
import { webhookEndpoint, webhookEndpointInputs, withSecret } from './webhook-endpoint.resource.ts'
import { bothSecretsMilliseconds, newSecret } from './webhook-endpoint.secret.ts'
import type { webhookEndpoints } from './webhook-endpoint.table.ts'

type Endpoint = typeof webhookEndpoints.$inferSelect

const keepsEndpoints = hasRole('admin', 'integration')

/** So that nobody can make every event into thousands of requests. */
const endpointsAtMost = 50

const rowOf = ({ state, eventTypes }: Row, before: Endpoint | null, { actor }: Context): Row => ({
  ...(Array.isArray(eventTypes) ? { eventTypes: [...new Set(eventTypes)] } : {}),
  ...(state === undefined
    ? {}
    : { disabledReason: state === 'enabled' ? null : (before?.disabledReason ?? 'requested') }),
  ...(state === 'enabled' ? { failingSince: null } : {}),
  ...(before
    ? {}
    : {
        createdBy: actor.id,
        creatorKind: actor.kind,
        creatorRoles: [...actor.roles],
        creatorScopes: [...actor.scopes],
        secret: newSecret(),
      }),
})

/** Whether a filter names something there is: a type, all of a subject, or everything. */
const isKnown = (filter: string, types: ReadonlySet<string>): boolean =>
  filter === '*' ||
  types.has(filter) ||
  (filter.endsWith('.*') && [...types].some((type) => type.startsWith(filter.slice(0, -1))))

/** @throws Problem 422 for a type there is not: it would wait for ever */
const requireKnown = (filters: readonly string[], types: ReadonlySet<string>): void => {
  const at = filters.findIndex((filter) => !isKnown(filter, types))
  if (at >= 0) throw inputProblem('invalid_input', `/eventTypes/${at}`, `there is no event ${filters[at]}`)
}

const judge = async (ctx: Context, { before, after }: Change<Endpoint>): Promise<void> => {
  const fault = after.url === before?.url ? null : targetFault(after.url, ctx.networks)
  if (fault) throw inputProblem('webhook_target_refused', '/url', `The address ${fault}`)
  if (!before && (await countEndpoints(ctx)) >= endpointsAtMost)
    throw new Problem('conflict', `An organization has at most ${endpointsAtMost} webhook endpoints`)
}

const endpointWrites = (types: () => ReadonlySet<string>): Creatable<Endpoint> => ({
  resource: webhookEndpoint,
  create: { input: webhookEndpointInputs.create, allow: keepsEndpoints },
  update: { input: webhookEndpointInputs.update, allow: keepsEndpoints },
  delete: { allow: keepsEndpoints },
  toRow: rowOf,
  judge: async (ctx, change) => {
    requireKnown(change.after.eventTypes, types())
    await judge(ctx, change)
  },
  settle: async (ctx, changes) => {
    if (changes.some(({ created }) => created)) await openForDeliveries(ctx)
  },
  created: { schema: withSecret, once: ['secret'], of: ({ secret }) => ({ secret }) },
  bulk: false,
})

/** `types` are those of all events there are, once every module is known. */
export const webhookEndpointOperations = (types: () => ReadonlySet<string>) => [
  ...reads(webhookEndpoint, keepsEndpoints),
  ...writes(endpointWrites(types)),
  operation({
    name: 'rotateWebhookEndpointSecret',
    summary: 'Give one WebhookEndpoint a new secret; for 24 hours deliveries are signed with both',
    rest: 'POST /webhook-endpoints/:id/rotate-secret',
    status: 200,
    emits: ['updated'],
    scope: 'webhook:write',
    tag: 'WebhookEndpoint',
    input: z.strictObject({ id }),
    output: withSecret,
    shownOnce: ['secret'],
    find: (ctx, input) => findOne(ctx, webhookEndpoint, input.id),
    allow: keepsEndpoints,
    run: async (ctx, { id: wanted }) => {
      const rotated = {
        toRow: (_input: Row, before: Endpoint | null) => ({
          secret: newSecret(),
          previousSecret: before?.secret,
          previousSecretUntil: new Date(Date.parse(ctx.now) + bothSecretsMilliseconds).toISOString(),
        }),
      }
      const entries = [{ update: {}, id: wanted }]
      const [change] = await applyEntries(ctx, { ...endpointWrites(types), ...rotated } as unknown as Writes, entries)
      const after = change?.after ?? {}
      return { ...present(webhookEndpoint, after, ctx), secret: after['secret'] } as never
    },
  }),
]
