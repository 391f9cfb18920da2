import { z } from 'zod'
import { base, name, timeZone } from '../../api/fields.ts'
import { resource } from '../../api/resource.ts'
import { cadences, customFieldTypes, organizations, type Retention, visibilities } from './organization.table.ts'

export const cadence = z.enum(cadences).meta({ id: 'Cadence', description: 'How often something is looked at.' })
export const visibility = z
  .enum(visibilities)
  .meta({ id: 'Visibility', description: 'Who may see a goal and all that belongs to it.' })

const policyMembers = {
  missing: z.enum(['zero', 'exclude']).meta({ description: 'What a key result without a reading counts as.' }),
  bands: z
    .strictObject({ onTrack: z.number().min(0).max(1), atRisk: z.number().min(0).max(1) })
    .meta({ id: 'Bands', description: 'The largest gap that is still on track, and still at risk.' }),
  objectiveHealth: z.enum(['pace', 'worst']).meta({ id: 'ObjectiveHealthPolicy' }),
  aspirationalPace: z.number().min(0).max(1),
}

const nullable = {
  missing: policyMembers.missing.nullable(),
  bands: policyMembers.bands.nullable(),
  objectiveHealth: policyMembers.objectiveHealth.nullable(),
  aspirationalPace: policyMembers.aspirationalPace.nullable(),
}

export const policy = z
  .strictObject(nullable)
  .meta({ id: 'Policy', description: 'How goals are judged; null is the standard of docs/scoring.md.' })

export const policyInput = z.strictObject(policyMembers).partial().meta({ id: 'PolicyInput' })

/** In a PATCH null takes a member back to the standard (RFC 7396). */
export const policyPatch = z.strictObject(nullable).partial().meta({ id: 'PolicyPatch' })

/** What is stored names only what was decided; the answer names every member. */
export const wholePolicy = { missing: null, bands: null, objectiveHealth: null, aspirationalPace: null }

/** A retry schedule takes three days, and consumers of the feed may be away for a while: nothing goes within a week. */
const keptDays = z.int().min(7).max(3_650)

/** The database refuses to give up what is younger than a year. */
const auditDays = z.int().min(366).max(36_500)

/** Texts about people: up to fifty years, as some laws ask. */
const peopleDays = z.int().min(30).max(18_500)

const retention = z
  .strictObject({
    events: keptDays,
    deliveries: keptDays.meta({ description: 'The log of webhook deliveries.' }),
    audit: auditDays.nullable().meta({ description: 'Null keeps the audit log for ever.' }),
    feedback: peopleDays.nullable().meta({ description: 'After it was given; null keeps feedback.' }),
    reviews: peopleDays.nullable().meta({ description: 'After their cycle was closed; null keeps reviews.' }),
  })
  .meta({ id: 'Retention', description: 'Days for which is kept what only tells of the past, or of people.' })

/** In a PATCH null takes a member back to the standard (RFC 7396). */
export const retentionPatch = z
  .strictObject({
    events: keptDays.nullable(),
    deliveries: keptDays.nullable(),
    audit: auditDays.nullable(),
    feedback: peopleDays.nullable(),
    reviews: peopleDays.nullable(),
  })
  .partial()
  .meta({ id: 'RetentionPatch' })

export const standardRetention: Required<Retention> = {
  events: 90,
  deliveries: 30,
  audit: null,
  feedback: null,
  reviews: null,
}

const share = z.number().min(0).max(1)
const most = z.int().min(1).max(10_000)
const insightMembers = {
  mostKeyResults: most.nullable().meta({ description: 'Of one objective; 5.' }),
  mostObjectives: most.nullable().meta({ description: 'Of one owner in a cycle; 5.' }),
  mostKpis: most.nullable().meta({ description: 'In one place; 30.' }),
  smallestShare: share.nullable().meta({ description: "Of an objective's weight; less is not heard; 0.05." }),
  decline: share.nullable().meta({ description: 'Of its value a KPI loses over its trend to be declining; 0.05.' }),
}

export const insightPolicy = z
  .strictObject(insightMembers)
  .meta({ id: 'InsightPolicy', description: 'What insights call too much or too little; null is the standard.' })

export const insightPolicyPatch = z.strictObject(insightMembers).partial().meta({ id: 'InsightPolicyPatch' })

const undecided = Object.fromEntries(Object.keys(insightMembers).map((member) => [member, null]))

export const customField = z
  .strictObject({ name: z.string().regex(/^[a-z][A-Za-z0-9_]{0,62}$/), type: z.enum(customFieldTypes) })
  .meta({ id: 'CustomField', description: 'A member objectives may carry under `custom`.' })

export const organizationSchema = z
  .strictObject({
    ...base,
    name,
    timeZone,
    weekStart: z.int().min(1).max(7).meta({ description: '1 Monday … 7 Sunday.' }),
    fiscalYearStartMonth: z.int().min(1).max(12),
    defaultCadence: cadence,
    defaultVisibility: visibility,
    policy,
    insightPolicy,
    customFields: z.array(customField).max(100),
    retention,
  })
  .meta({ id: 'Organization', description: "The tenant: the caller's own organization." })

export const organization = resource({
  name: 'Organization',
  path: 'organization',
  type: 'organization',
  schema: organizationSchema,
  table: organizations,
  scopes: { read: 'directory:read', write: 'admin' },
  visible: () => undefined,
  events: { created: { summary: 'The Organization was created, its first event' } },
  derived: {
    policy: { needs: ['policy'], of: ({ policy: decided }) => ({ ...wholePolicy, ...decided }) },
    retention: { needs: ['retention'], of: ({ retention: decided }) => ({ ...standardRetention, ...decided }) },
    insightPolicy: { needs: ['insightPolicy'], of: ({ insightPolicy: decided }) => ({ ...undecided, ...decided }) },
  },
})
