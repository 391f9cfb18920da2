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
  risk,
  summed,
} from './kpi-template.kind.ts'

const finance = inArea('finance')
const operations = inArea('operations')
const logistics = inArea('logistics')
const general = inArea('general')

export const business: readonly BuiltInKpi[] = [
  finance.up('% Net profit margin', percent, 'What remains of each amount sold.', over('net profit ÷ revenue')),
  finance.up('$ Operating cash flow', money, 'What the business itself brings in.', summed),
  finance.up('$ Cash in bank', money, 'How long the company can pay.', latest),
  finance.up('$ Profit for each employee', money, 'What remains for each person of the company.', {
    ...over('profit ÷ headcount'),
    ...quarterly,
  }),
  finance.down('# Debt to equity ratio', ratio, 'How much of the company belongs to its creditors.', {
    ...over('debt ÷ equity'),
    ...risk,
    ...quarterly,
  }),
  finance.down(
    '# Days in accounts receivable',
    duration('days'),
    'How long customers take to pay: what is not paid cannot be spent.',
    { ...over('receivables ÷ revenue a day'), ...risk },
  ),

  operations.up('# Inventory turnover', ratio, 'How often the stock is sold in a year.', {
    ...over('cost of goods sold ÷ average stock'),
    ...quarterly,
  }),
  operations.up('% Production efficiency', percent, 'What is produced of what could be.', {
    ...over('output ÷ capacity'),
    ...leading,
  }),
  operations.up('% Quality', percent, 'The share within the standard.', over('within standard ÷ produced')),
  operations.down('# Machine downtime', duration('hours'), 'Hours in which machines stood.', { ...summed, ...leading }),
  operations.down('# Safety non-compliances', count('cases'), 'Rules not kept: they come before accidents.', {
    ...summed,
    ...risk,
  }),
  operations.down('# Work accidents', count('accidents'), 'People hurt at work.', { ...summed, ...risk }),

  logistics.up('# Stock turnover', ratio, 'How often the warehouse is emptied in a year.', {
    ...over('cost of goods sold ÷ average stock'),
    ...quarterly,
  }),
  logistics.up(
    '% Delivery efficiency',
    percent,
    'How many deliveries arrive whole and in time.',
    over('in time and whole ÷ deliveries'),
  ),
  logistics.down('$ Overhead cost', money, 'What is spent beside moving goods.', summed),

  general.up('$ Revenue', money, 'What was sold.', summed),
  general.up('$ Profit', money, 'What remained.', summed),
  general.up('% Return on investment', percent, 'What an amount invested brings back.', {
    ...over('gain ÷ investment'),
    ...quarterly,
  }),
  general.up('% Market share', percent, 'How much of what is bought is bought here.', {
    ...over('own sales ÷ sales of the market'),
    ...quarterly,
  }),
  general.up('# Active customers', count('customers'), 'How many customers use what they bought.', latest),
  general.down('# Product cycle time', duration('days'), 'Days from the idea to the customer.', leading),
  general.up('# New market entries', count('markets'), 'Markets entered.', { ...summed, ...quarterly }),
]
