import type { TemplateKeyResult, TemplateObjective } from './okr-template.table.ts'

/** A built-in template: what the practice literature sets as goals, in the words of the departments. */
export type BuiltIn = { area: string; objective: TemplateObjective; keyResults: TemplateKeyResult[] }

type Given = Partial<TemplateKeyResult>

const metric = (title: string, baseline: number, target: number, unit: string): Given => ({
  title,
  kind: 'metric',
  baseline,
  target,
  unit,
})
/** A change against the time before, in percent: it starts at 0 whatever the level is. */
const change = (title: string, percent: number): Given => metric(`${title}, change`, 0, percent, '%')
const atLeast = (title: string, min: number, unit: string): Given => ({ title, kind: 'threshold', min, unit })
const atMost = (title: string, max: number, unit: string): Given => ({ title, kind: 'threshold', max, unit })
const guardrail = (given: Given): Given => ({ ...given, role: 'guardrail' })
const milestone = (title: string, ...steps: string[]): Given => ({
  title,
  kind: 'milestone',
  steps: (steps.length > 0 ? steps : [title]).map((step) => ({ title: step, weight: 1 })),
})

const empty = {
  source: 'checkins',
  role: 'measure',
  weight: 1,
  unit: null,
  cadence: null,
  baseline: null,
  target: null,
  min: null,
  max: null,
  exclusive: null,
  mode: null,
  period: null,
  steps: null,
  zones: null,
} as const

const template = (area: string, title: string, ...keyResults: Given[]): BuiltIn => ({
  area,
  objective: { title, description: null, rationale: null, commitment: 'committed' },
  keyResults: keyResults.map((given) => ({ ...empty, ...given }) as TemplateKeyResult),
})

/** In a fixed order, from which their ids follow: add at the end only. */
export const catalogue: readonly BuiltIn[] = [
  template(
    'people',
    'Increase team engagement and motivation',
    metric('Engagement score', 75, 90, '%'),
    metric('Complaints per month', 4, 1, 'complaints'),
    metric('Members who got feedback this quarter', 0, 100, '%'),
  ),
  template(
    'support',
    'Increase the efficiency of the support team',
    metric('Tickets per customer and month', 1.5, 0.5, 'tickets'),
    metric('Time to resolve a ticket', 5.5, 3, 'minutes'),
    atLeast('Customer satisfaction stays high', 9, 'points'),
  ),
  template(
    'HR',
    'Education and training',
    metric('Personal development plans completed', 0, 80, '%'),
    metric('Attendance of trainings', 0, 80, '%'),
  ),
  template(
    'sales',
    'Build a sales machine',
    metric('Monthly recurring revenue won this quarter', 0, 200_000, '$'),
    milestone('Sales learns to qualify leads', 'Criteria agreed', 'Team trained', 'In daily use'),
    { ...atLeast('Calls a month', 100, 'calls'), mode: 'accrual', period: 'month' },
    metric('Sales qualified leads followed up within 48 hours', 0, 100, '%'),
  ),
  template(
    'sales',
    'Increase market penetration',
    change('Sales volume, quarter over quarter', 20),
    milestone('Enter two regional markets', 'First market', 'Second market'),
    change('Length of the sales cycle', -10),
  ),
  template(
    'marketing',
    'Substantially increase demo signups',
    metric('Demo sign-ups this quarter', 0, 3_000, 'sign-ups'),
  ),
  template(
    'marketing',
    'Enhance brand visibility',
    change('Website traffic', 30),
    change('Social engagement', 50),
    metric('Leads', 0, 1_000, 'leads'),
  ),
  template(
    'HR',
    'Improve employee engagement',
    atLeast('Employee satisfaction', 90, '%'),
    atLeast('Rating of onboarding', 95, '%'),
    change('Employee turnover', -15),
  ),
  template(
    'finance',
    'Optimize operational costs',
    change('Expenses', -10),
    metric('Routine tasks automated', 0, 30, '%'),
    change('Time to process an invoice', -20),
    guardrail(atLeast('Productivity, change', 0, '%')),
  ),
  template(
    'operations',
    'Increase production efficiency',
    change('Output', 15),
    change('Machine downtime', -25),
    change('Defects', -30),
    guardrail(atMost('Cost of resources, change', 0, '%')),
  ),
  template(
    'operations',
    'Safer plant',
    change('Workplace accidents', -50),
    metric('People trained in safety', 0, 100, '%'),
  ),
  template(
    'customer service',
    'Enhance service quality',
    atLeast('Customer satisfaction (CSAT)', 95, '%'),
    atLeast('Cases resolved within one business day', 90, '%'),
    { ...atMost('Call waiting time', 1, 'minutes'), exclusive: true },
  ),
  template(
    'product',
    'Improve product quality',
    atMost('Breaking changes in the quarter', 4, 'changes'),
    milestone('Deliver the features'),
  ),
  template(
    'product',
    'Improve the speed of the results page',
    metric('Load time, change', 0, -0.2, 's'),
    change('Customer satisfaction', 10),
  ),
  template(
    'marketing',
    'Increase brand visibility in new markets',
    milestone('Launch in three countries', 'First country', 'Second country', 'Third country'),
    change('International sales', 25),
  ),
  template(
    'retail',
    'Expand reach in European countries',
    change('Traffic from European countries', 30),
    change('Conversion rate', 10),
    guardrail(atMost('Customer acquisition cost, change', 0, '%')),
  ),
  template(
    'growth',
    'Grow the business',
    change('Customer retention', 10),
    change('Revenue', 20),
    milestone('Enter two new markets', 'First market', 'Second market'),
  ),
  template(
    'global',
    'Increase global market presence',
    milestone('Open three new countries', 'First country', 'Second country', 'Third country'),
    change('International revenue', 25),
  ),
  template(
    'bank',
    'More credit cards sold',
    change('Sign-ups for credit cards', 20),
    guardrail(atMost('Fraud rate, change', 0, '%')),
  ),
]
