type Commitment = 'committed' | 'aspirational' | 'learning'
type Owner = ['organization'] | ['department' | 'team' | 'user', string]

export type DemoObjective = {
  key: string
  title: string
  owner: Owner
  rationale: string
  pillar: 'growth' | 'place'
  commitment?: Commitment
  /** Of the organization's own (templates.ts). */
  template?: string
}

/** key, title, narrative. */
export const pillars: readonly [string, string, string][] = [
  ['growth', 'Grow with customers who stay', 'New markets only as fast as the customers we have stay content.'],
  [
    'place',
    'A place to do good work',
    'Safe, fair and curious: people who like working here build better instruments.',
  ],
]

/** The objectives of the quarter, from the company down to single people. */
export const objectives: readonly DemoObjective[] = [
  {
    key: 'grow',
    title: 'Grow the business',
    owner: ['organization'],
    pillar: 'growth',
    rationale: 'Two quarters of flat revenue; the new product line is ready to carry more.',
  },
  {
    key: 'engagement',
    title: 'Improve employee engagement',
    owner: ['organization'],
    pillar: 'place',
    rationale: 'Last spring nine good people left within two months.',
  },
  {
    key: 'sales-machine',
    title: 'Build a sales machine',
    owner: ['department', 'sales'],
    pillar: 'growth',
    rationale: 'Results hang on three people; a process must carry them.',
  },
  {
    key: 'demo-signups',
    title: 'Substantially increase demo sign-ups',
    owner: ['department', 'marketing'],
    pillar: 'growth',
    commitment: 'aspirational',
    template: 'more-signups',
    rationale: 'Every third demo becomes a customer.',
  },
  {
    key: 'service-quality',
    title: 'Enhance service quality',
    owner: ['department', 'service'],
    pillar: 'growth',
    rationale: 'Customers who waited twice cancel four times as often.',
  },
  {
    key: 'efficiency',
    title: 'Increase production efficiency',
    owner: ['department', 'operations'],
    pillar: 'growth',
    rationale: 'The order book is longer than the line is fast.',
  },
  {
    key: 'costs',
    title: 'Optimize operational costs',
    owner: ['department', 'finance'],
    pillar: 'growth',
    rationale: 'Growth should pay for itself.',
  },
  {
    key: 'quality',
    title: 'Improve product quality',
    owner: ['department', 'product'],
    pillar: 'growth',
    rationale: 'Laboratories plan around our releases; surprises cost them days.',
  },
  {
    key: 'motivation',
    title: 'Increase team engagement and motivation',
    owner: ['department', 'people'],
    pillar: 'place',
    rationale: 'The survey says people want to be heard sooner.',
  },
  {
    key: 'training',
    title: 'Education and training',
    owner: ['department', 'people'],
    pillar: 'place',
    commitment: 'learning',
    rationale: 'Plans are written every January and forgotten by March.',
  },
  {
    key: 'penetration',
    title: 'Increase market penetration',
    owner: ['team', 'new-business'],
    pillar: 'growth',
    commitment: 'aspirational',
    rationale: 'We are known in the north and hardly in the south.',
  },
  {
    key: 'europe-reach',
    title: 'Expand reach in European countries',
    owner: ['team', 'europe'],
    pillar: 'growth',
    commitment: 'learning',
    rationale: 'To be made measurable once we know which country to begin with.',
  },
  {
    key: 'visibility',
    title: 'Enhance brand visibility',
    owner: ['team', 'demand'],
    pillar: 'growth',
    rationale: 'Nobody signs up for what they have not heard of.',
  },
  {
    key: 'new-markets',
    title: 'Increase brand visibility in new markets',
    owner: ['team', 'brand'],
    pillar: 'growth',
    commitment: 'aspirational',
    rationale: 'The fair in October is the best stage of the year.',
  },
  {
    key: 'support',
    title: 'Increase the efficiency of the support team',
    owner: ['team', 'support'],
    pillar: 'growth',
    rationale: 'Half of all tickets ask the same ten questions.',
  },
  {
    key: 'speed',
    title: 'Improve the speed of the results page',
    owner: ['team', 'search'],
    pillar: 'growth',
    rationale: 'It is the page laboratories open forty times a day.',
  },
  {
    key: 'safety',
    title: 'Safer plant',
    owner: ['team', 'line'],
    pillar: 'place',
    rationale: 'One accident is one too many; last year had eight.',
  },
  {
    key: 'qualify',
    title: 'Qualify leads the way our best people do',
    owner: ['user', 'daniel'],
    pillar: 'growth',
    commitment: 'learning',
    rationale: 'Fewer first calls that lead nowhere.',
  },
  {
    key: 'forms',
    title: 'A sign-up form people finish',
    owner: ['user', 'noah'],
    pillar: 'growth',
    rationale: 'Two of three visitors give up half-way.',
  },
  {
    key: 'answers',
    title: 'Answer the ten most frequent questions for good',
    owner: ['user', 'ella'],
    pillar: 'growth',
    rationale: 'An answer found is a ticket not written.',
  },
  {
    key: 'queries',
    title: 'Find and fix what makes searches slow',
    owner: ['user', 'yuki'],
    pillar: 'growth',
    rationale: 'Most of the waiting is in three queries.',
  },
]
