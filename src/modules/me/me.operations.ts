import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { operation } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { anyone } from '../../auth/rules.ts'
import { organization, organizationSchema } from '../organization/organization.resource.ts'
import { role, user, userSchema } from '../users/user.resource.ts'
import { scope } from './me.resource.ts'

const me = z
  .strictObject({
    kind: z.enum(['api_key', 'user']).meta({ id: 'ActorKind' }),
    id,
    roles: z.array(role),
    scopes: z.array(scope),
    organization: organizationSchema,
    user: userSchema.nullable(),
  })
  .meta({ id: 'Me', description: 'Who the caller is.' })

export const meOperations = [
  operation({
    name: 'me',
    summary: 'Who the caller is, and what the credential may do',
    rest: 'GET /me',
    scope: null,
    input: z.strictObject({}),
    output: me,
    allow: anyone,
    run: async (ctx) => {
      const { kind, id: actorId, roles, scopes: granted, tenantId, userId } = ctx.actor
      const [own, person] = await Promise.all([
        findOne(ctx, organization, tenantId),
        userId ? findOne(ctx, user, userId) : null,
      ])
      return {
        kind,
        id: actorId,
        roles: [...roles],
        scopes: [...granted],
        organization: present(organization, own ?? {}, ctx) as never,
        user: person ? (present(user, person, ctx) as never) : null,
      }
    },
  }),
]
