/** A KPI of the demo and how it went over two years. */
export type DemoKpi = {
  code: string
  name: string
  owner: ['organization'] | ['department' | 'team', string]
  /** As the API takes it. */
  definition: Record<string, unknown>
  parent?: string
  drivers?: readonly string[]
  target?: { target: number; redLine?: number }
  /** From the first value to the last, evenly but for a small unrest; null is worked out by a formula. */
  course: { from: number; to: number; unrest: number; digits: number } | null
  /** Members with their share of each value. */
  shares?: Readonly<Record<string, number>>
  /** The value is a percentage of so many. */
  percentOf?: number
}

const monthly = { frequency: 'month', aggregation: 'last' }

/** Eleven dials: most are well, spare parts arrive too late and nobody has made it a goal. */
export const kpis: readonly DemoKpi[] = [
  {
    code: 'REVENUE',
    name: '$ Revenue',
    owner: ['organization'],
    definition: { unitKind: 'currency', unit: '$k', level: 'strategic', frequency: 'month', aggregation: 'sum' },
    drivers: ['CSAT', 'OUTPUT'],
    target: { target: 1500, redLine: 1200 },
    course: { from: 1380, to: 1980, unrest: 14, digits: 0 },
    shares: { EMEA: 0.5, Americas: 0.3, APAC: 0.2 },
  },
  {
    code: 'HEADCOUNT',
    name: '# Headcount',
    owner: ['department', 'people'],
    definition: { ...monthly, unit: 'people', level: 'tactical' },
    target: { target: 110 },
    course: { from: 112, to: 131, unrest: 0, digits: 0 },
  },
  {
    code: 'REVENUE_PER_EMPLOYEE',
    name: '$ Revenue for each employee',
    owner: ['department', 'finance'],
    definition: {
      unitKind: 'currency',
      unit: '$k',
      level: 'strategic',
      frequency: 'month',
      aggregation: 'average',
      formula: 'REVENUE / HEADCOUNT',
    },
    parent: 'REVENUE',
    target: { target: 13, redLine: 11 },
    course: null,
  },
  {
    code: 'DSO',
    name: '# Days in accounts receivable',
    owner: ['department', 'finance'],
    definition: {
      ...monthly,
      unitKind: 'duration',
      unit: 'days',
      direction: 'down',
      nature: 'risk',
      level: 'strategic',
      contingency: 'Call every customer over 60 days; no new orders on account until they have paid.',
    },
    target: { target: 38, redLine: 50 },
    course: { from: 57, to: 40, unrest: 0.4, digits: 0 },
  },
  {
    code: 'CSAT',
    name: '% Customer satisfaction',
    owner: ['department', 'service'],
    definition: { unitKind: 'percent', unit: '%', level: 'strategic', frequency: 'month', aggregation: 'average' },
    drivers: ['DELIVERY'],
    target: { target: 88, redLine: 80 },
    course: { from: 84, to: 94.5, unrest: 0.2, digits: 1 },
  },
  {
    code: 'CHURN',
    name: '% Customer churn',
    owner: ['department', 'service'],
    definition: { unitKind: 'percent', unit: '%', direction: 'down', frequency: 'month', aggregation: 'ratio' },
    parent: 'CSAT',
    target: { target: 0.025, redLine: 0.04 },
    course: { from: 36, to: 19, unrest: 0, digits: 0 },
    percentOf: 1250,
  },
  {
    code: 'DELIVERY',
    name: '# Days to deliver spare parts',
    owner: ['department', 'service'],
    definition: {
      ...monthly,
      unitKind: 'duration',
      unit: 'days',
      direction: 'down',
      nature: 'leading',
      level: 'tactical',
    },
    parent: 'CSAT',
    target: { target: 5, redLine: 8 },
    course: { from: 4.6, to: 9.6, unrest: 0.1, digits: 1 },
  },
  {
    code: 'OUTPUT',
    name: '# Units a week',
    owner: ['department', 'operations'],
    definition: { unit: 'units', level: 'tactical', nature: 'leading', frequency: 'week', aggregation: 'average' },
    parent: 'REVENUE',
    target: { target: 400, redLine: 340 },
    course: { from: 352, to: 458, unrest: 0.8, digits: 0 },
  },
  {
    code: 'ENGAGEMENT',
    name: '# Employee engagement index',
    owner: ['department', 'people'],
    definition: { unit: 'index', frequency: 'quarter', aggregation: 'last' },
    target: { target: 76, redLine: 68 },
    course: { from: 71, to: 81, unrest: 0, digits: 0 },
  },
  {
    code: 'ENPS',
    name: '# Employee net promoter score',
    owner: ['department', 'people'],
    definition: { unit: 'points', frequency: 'quarter', aggregation: 'last' },
    parent: 'ENGAGEMENT',
    target: { target: 15, redLine: 0 },
    course: { from: 6, to: 31, unrest: 0, digits: 0 },
  },
  {
    code: 'TRAINING',
    name: '# Training hours',
    owner: ['department', 'people'],
    definition: { unitKind: 'duration', unit: 'hours', nature: 'leading', frequency: 'month', aggregation: 'sum' },
    target: { target: 320, redLine: 200 },
    course: { from: 260, to: 460, unrest: 3, digits: 0 },
  },
]

/** Perspective and KPIs with their weights. */
export const scorecard = {
  name: 'Larkfield at a glance',
  items: [
    ['financial', 'REVENUE', 2],
    ['financial', 'REVENUE_PER_EMPLOYEE', 1],
    ['financial', 'DSO', 1],
    ['customer', 'CSAT', 2],
    ['customer', 'CHURN', 1],
    ['customer', 'DELIVERY', 1],
    ['internal', 'OUTPUT', 1],
    ['growth', 'ENGAGEMENT', 1],
  ] satisfies [string, string, number][],
}

/** What objectives look at beside their key results. */
export const watched: Readonly<Record<string, readonly string[]>> = {
  'service-quality': ['CSAT', 'CHURN'],
  motivation: ['ENGAGEMENT', 'ENPS'],
  training: ['TRAINING'],
}
