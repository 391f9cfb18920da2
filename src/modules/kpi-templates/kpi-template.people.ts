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
  summed,
} from './kpi-template.kind.ts'

const team = inArea('team')
const hr = inArea('hr')
const society = inArea('people_and_society')

export const people: readonly BuiltInKpi[] = [
  team.down(
    '% Absenteeism',
    percent,
    'Whether people are repeatedly away: an early sign of overload or of a bad climate.',
    over('repeatedly absent members ÷ members'),
  ),
  team.down(
    '$ Lost time accounting',
    money,
    'What idle or wasted hours cost: revenue that was not earned in them.',
    summed,
  ),
  team.down(
    '# Time lost by starting work late',
    duration('hours'),
    'Hours between the agreed and the real start of work.',
    summed,
  ),
  team.up('% Customer satisfaction', percent, 'How content those are whom the team works for.'),
  team.down(
    '% Employee turnover',
    percent,
    'How many leave; knowledge leaves with them.',
    over('leavers in the period ÷ members'),
  ),
  team.up(
    '% Employee retention rate',
    percent,
    'How many of those who were there at the start are there still.',
    over('stayed ÷ members at the start'),
  ),
  team.up('% Employee satisfaction', percent, 'How content people are with their work; moves before turnover does.', {
    ...leading,
    ...quarterly,
  }),
  team.up(
    '# Employee engagement index',
    count('index'),
    'How much people care, by a survey; moves before turnover and quality do.',
    { ...leading, ...quarterly },
  ),
  team.up(
    '$ Profit per employee',
    money,
    'What remains for each person; falls when headcount grows faster than the business.',
    { ...over('profit ÷ headcount'), ...quarterly },
  ),
  team.up('$ Sales per employee', money, 'What is sold for each person.', {
    ...over('sales ÷ headcount'),
    ...quarterly,
  }),
  team.up('% Human capital return on investment', percent, 'What an amount spent on people brings back.', {
    ...over('(revenue − (expenses − employment cost)) ÷ employment cost'),
    ...quarterly,
  }),
  team.up('$ Human capital value added', money, 'What each person adds beyond costs other than employment.', {
    ...over('(revenue − (expenses − employment cost)) ÷ headcount'),
    ...quarterly,
  }),

  hr.down('# Overtime', duration('hours'), 'Work beyond contracts: too little capacity, or too much promised.', {
    ...summed,
    ...leading,
  }),
  hr.down('% Turnover', percent, 'How many leave the company.', over('leavers in the period ÷ employees')),
  hr.down(
    '% Absence rate',
    percent,
    'Days away for each day that should have been worked.',
    over('days absent ÷ days to be worked'),
  ),
  hr.up('# Engagement', count('index'), 'How much people care, by a survey.', { ...leading, ...quarterly }),
  hr.up('# Training hours per employee', duration('hours'), 'How much is learnt.', {
    ...over('hours of training ÷ employees'),
    ...leading,
  }),
  hr.up('% Diversity', percent, 'How far the people resemble those they could be.', { ...latest, ...quarterly }),
  hr.up('# eNPS', count('points'), 'Whether people would recommend the company: promoters less detractors.', quarterly),
  hr.up(
    '% Onboarding pass rate',
    percent,
    'How many new people stay beyond probation.',
    over('passed ÷ probations ended'),
  ),
  hr.up('% Recruiting funnel conversion rate', percent, 'How many applications become hires.', {
    ...over('hires ÷ applications'),
    ...leading,
  }),

  society.up(
    '# Mental health index',
    count('index'),
    'How people are, by a survey; without names and only for groups.',
    { ...leading, ...quarterly },
  ),
  society.up('# Work–life balance index', count('index'), 'Whether work leaves room for life, by a survey.', {
    ...leading,
    ...quarterly,
  }),
  society.up('# Training hours', duration('hours'), 'Hours people spent learning.', { ...summed, ...leading }),
  society.up('% Sustainable sourcing', percent, 'How much is bought from sources that last.', {
    ...over('sustainable purchases ÷ purchases'),
    ...quarterly,
  }),
  society.up('# Community hours', duration('hours'), 'Time given to the community around.', summed),
]
