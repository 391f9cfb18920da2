type Members = Record<string, unknown>

/** Rules across members of reviews and what belongs to them. */
export const reviewHints: Record<string, Members> = {
  ReviewTemplate: {
    scale: { name: 'Five', points: [1, 2, 3, 4, 5].map((value) => ({ value, label: `Level ${value}` })) },
    sections: [{ key: 's', title: 'All', kind: 'competency', questions: [{ key: 'q', text: 'How?' }] }],
  },
  ReviewCycle: { participants: { everybody: true }, relationships: [] },
  Review: { relationship: 'manager' },
  Feedback: { text: 'Thank you' },
}

/** Of references the schema leaves open these are needed by a machine, which is nobody. */
export const reviewWanted: Record<string, string[]> = { Feedback: ['fromId'] }
