import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { applyEntries } from '../../api/apply.ts'
import { calendarDay } from '../../api/clock.ts'
import { operation } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import type { Writes } from '../../api/writes.ts'
import { admin, anyone } from '../../auth/rules.ts'
import type { Policy } from '../../scoring/index.ts'
import { allCycles, heldBy, lockForWrite, rescoreCycles } from '../goals/goal.write.ts'
import { heldKpis, lockAllKpis } from '../kpis/kpi.lock.ts'
import { rescoreKpis } from '../kpis/kpi.rescore.ts'
import { judgeBands } from './organization.policy.ts'
import {
  insightPolicyPatch,
  organization,
  organizationSchema,
  policyPatch,
  retentionPatch,
} from './organization.resource.ts'

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
    insightPolicy: insightPolicyPatch,
    customFields,
    retention: retentionPatch,
    externalId,
  })
  .partial()
  .meta({ id: 'UpdateOrganizationInput' })

/** What the periods of KPIs follow. */
const calendarMembers = ['timeZone', 'weekStart', 'fiscalYearStartMonth'] as const
/** What every goal is judged by: when one of them changes, so do the scores. */
const judgedBy = ['policy', ...calendarMembers] as const

const organizationWrites: Writes = {
  resource: organization,
  update: { input: update, allow: admin },
  lock: async (ctx, { inputs }) => {
    if (inputs.some((input) => calendarMembers.some((key) => key in input))) await lockAllKpis(ctx)
    await lockForWrite(ctx, { cycleIds: await allCycles(ctx) })
  },
  judge: (_ctx, { after }) => judgeBands(after['policy'] as Partial<Policy>),
  settle: async (ctx, [change]) => {
    if (!change) return
    const isSame = (key: string): boolean => isDeepStrictEqual(change.before?.[key], change.after[key])
    if (judgedBy.every(isSame)) return
    const { timeZone } = change.after as { timeZone: string }
    const judged = {
      ...ctx,
      organization: { ...ctx.organization, timeZone },
      today: calendarDay(new Date(ctx.now), timeZone),
    }
    const cause = { type: 'organization', id: ctx.actor.tenantId }
    if (!calendarMembers.every(isSame)) await rescoreKpis(judged, heldKpis(ctx), [...heldKpis(ctx).ids], () => cause)
    await rescoreCycles(judged, heldBy(ctx), await allCycles(ctx), cause)
  },
}

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
    emits: ['updated'],
    allow: admin,
    run: async (ctx, { input }) => {
      const [change] = await applyEntries(ctx, organizationWrites, [{ update: input, id: ctx.actor.tenantId }])
      return present(organization, change?.after ?? {}, ctx) as never
    },
  }),
]
