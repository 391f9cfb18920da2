/** The organization's own library. Its template names a guardrail that the objective following it has not got yet. */
export const templates = [
  {
    key: 'more-signups',
    row: {
      name: 'More sign-ups',
      area: 'marketing',
      objective: { title: 'Substantially increase sign-ups', commitment: 'aspirational' },
      keyResults: [
        { title: 'Sign-ups in the quarter', kind: 'metric', baseline: 0, target: 1000, unit: '#' },
        { title: 'Cost of a sign-up', kind: 'threshold', role: 'guardrail', max: 40, unit: '$' },
      ],
    },
  },
] as const
