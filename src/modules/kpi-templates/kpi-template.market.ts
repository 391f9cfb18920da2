import {
  type BuiltInKpi,
  count,
  duration,
  inArea,
  latest,
  leading,
  money,
  over,
  percent,
  quarterly,
  ratio,
  summed,
} from './kpi-template.kind.ts'

const sales = inArea('sales')
const activity = inArea('sales_activity')
const marketing = inArea('marketing')
const service = inArea('customer_service')
const health = inArea('health_care')

const weekly = { ...summed, ...leading, frequency: 'week' } as const

export const market: readonly BuiltInKpi[] = [
  sales.up('% Sales growth', percent, 'How much more is sold than in the period before.', {
    computedFrom: 'sales ÷ sales of the period before − 1',
  }),
  sales.up('% Lead conversion rate', percent, 'How many leads become customers.', {
    ...over('customers won ÷ leads'),
    ...leading,
  }),
  sales.up('$ Customer lifetime value', money, 'What a customer brings from the first to the last order.', quarterly),
  sales.up('# Leads created', count('leads'), 'How much the funnel is filled with.', { ...summed, ...leading }),
  sales.up('# Sales qualified leads', count('leads'), 'How many leads are worth the time of sales.', {
    ...summed,
    ...leading,
  }),
  sales.up('$ Monthly recurring revenue', money, 'What comes in every month without selling again.', latest),
  sales.up('% Net promoter score', percent, 'Whether customers recommend: promoters less detractors.', quarterly),

  activity.up('# Talk time', duration('minutes'), 'Minutes in conversation: what a seller can control.', weekly),
  activity.up('# Calls', count('calls'), 'Calls made: what a seller can control.', weekly),
  activity.up('# Customer interactions', count('interactions'), 'Meetings, demonstrations and answers given.', weekly),
  activity.up('# Referrals', count('referrals'), 'Customers that customers brought.', weekly),

  marketing.up('% Return on marketing investment', percent, 'What an amount spent on marketing brings back.', {
    ...over('(revenue from marketing − spending) ÷ spending'),
    ...quarterly,
  }),
  marketing.up('# Followers', count('followers'), 'How many listen.', { ...latest, ...leading }),
  marketing.up('# Sessions', count('sessions'), 'How often the site is visited.', { ...summed, ...leading }),
  marketing.up('% Conversion rate', percent, 'How many visits become what they were wanted for.', {
    ...over('conversions ÷ sessions'),
    ...leading,
  }),
  marketing.up('# Social engagement', count('interactions'), 'Reactions to what was published.', {
    ...summed,
    ...leading,
  }),
  marketing.down('$ Cost per lead', money, 'What one more lead costs.', over('spending ÷ leads')),
  marketing.down('% Form abandonment rate', percent, 'How many begin a form and leave.', {
    ...over('forms left ÷ forms begun'),
    ...leading,
  }),
  marketing.down(
    '$ Customer acquisition cost',
    money,
    'What one more customer costs, sales and marketing together.',
    over('spending on sales and marketing ÷ customers won'),
  ),

  service.up('% CSAT', percent, 'How content customers are with an answer.', over('content answers ÷ answers')),
  service.up('% First contact resolution', percent, 'How many questions are settled at once.', {
    ...over('settled at first contact ÷ contacts'),
    ...leading,
  }),
  service.down(
    '# Average handling time',
    duration('minutes'),
    'How long a question takes; mind that quality does not pay for it.',
    over('minutes of handling ÷ contacts'),
  ),
  service.down('# Tickets', count('tickets'), 'How much goes wrong or is not understood.', summed),
  service.down(
    '# Average response time',
    duration('minutes'),
    'How long customers wait for a first answer.',
    over('minutes waited ÷ tickets'),
  ),
  service.down(
    '% Customer churn rate',
    percent,
    'How many customers leave.',
    over('customers lost ÷ customers at the start'),
  ),
  service.down(
    '% Order defect rate',
    percent,
    'How many orders disappoint.',
    over('orders with a negative review, claim or chargeback ÷ orders'),
  ),

  health.down('# Waiting time', duration('minutes'), 'How long patients wait.', over('minutes waited ÷ patients')),
  health.up('% Follow-up rate', percent, 'How many patients are seen again as planned.', {
    ...over('followed up ÷ due'),
    ...leading,
  }),
  health.up(
    '# Patient outcomes',
    ratio,
    'How well patients are after treatment, by the outcome measure in use.',
    quarterly,
  ),
]
