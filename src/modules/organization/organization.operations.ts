import { z } from 'zod'
import { applyEntries } from '../../api/apply.ts'
import { operation } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { admin, anyone } from '../../auth/rules.ts'
import { organization, organizationSchema, policyPatch } from './organization.resource.ts'

const { name, timeZone, weekStart, fiscalYearStartMonth, defaultCadence, defaultVisibility, customFields, externalId } =
  organizationSchema.shape

const update = z
  .strictObject({
    name,
    timeZone,
    weekStart,
    fiscalYearStartMonth,
    defaultCadence,
    defaultVisibility,
    policy: policyPatch,
    customFields,
    externalId,
  })
  .partial()
  .meta({ id: 'UpdateOrganizationInput' })

export const organizationOperations = [
  operation({
    name: 'organization',
    summary: "Get the caller's organization",
    rest: 'GET /organization',
    scope: 'directory:read',
    input: z.strictObject({}),
    output: organizationSchema,
    returns: 'Organization',
    singleStatement: true,
    find: (ctx) => findOne(ctx, organization, ctx.actor.tenantId),
    allow: anyone,
    run: async (ctx, _input, row) => present(organization, row, ctx) as never,
  }),
  operation({
    name: 'updateOrganization',
    summary: "Change the caller's organization",
    rest: 'PATCH /organization',
    scope: 'admin',
    input: z.strictObject({ input: update }),
    output: organizationSchema,
    returns: 'Organization',
    allow: admin,
    run: async (ctx, { input }) => {
      const writes = { resource: organization, update: { input: update, allow: admin } }
      const [change] = await applyEntries(ctx, writes, [{ update: input, id: ctx.actor.tenantId }])
      return present(organization, change?.after ?? {}, ctx) as never
    },
  }),
]
