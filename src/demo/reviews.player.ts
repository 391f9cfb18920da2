import type { Directory } from './directory.player.ts'
import { idIn, type Player } from './player.ts'

const template = {
  key: 'conversation',
  row: {
    externalId: 'conversation',
    name: 'Quarterly conversation',
    description: 'Looks at goals, never only at them: they inform the rating, and weigh nothing in it.',
    scale: {
      name: 'Five levels',
      points: ['Not met', 'Partly met', 'Met', 'Exceeded', 'Far exceeded'].map((label, at) => ({
        value: at + 1,
        label,
      })),
    },
    sections: [
      {
        key: 'goals',
        title: 'Goals',
        kind: 'goals',
        questions: [{ key: 'reached', text: 'What did you reach, and what did it take?', required: true }],
      },
      {
        key: 'work',
        title: 'Working together',
        kind: 'competency',
        questions: [
          { key: 'customers', text: 'Puts the customer first' },
          { key: 'colleagues', text: 'Makes others better' },
        ],
      },
      {
        key: 'next',
        title: 'What is next',
        kind: 'free_text',
        questions: [{ key: 'wish', text: 'What would you like to learn or do next?' }],
      },
    ],
  },
}

/** What one person says of themselves, and their manager of them, by question. */
const said = {
  self: { reached: [4, 'The new questions find the customers who stay.'], customers: [4, null] },
  manager: {
    reached: [4, 'Ahead of what we agreed, and others copy it.'],
    colleagues: [5, 'The whole team sounds like it.'],
  },
} as const

type Listed = { items: { id: string; ownerId: string; cycleId: string; relationship: string; subjectId: string }[] }

/**
 * One template, and a round of conversations with everybody who has goals of their own: one of them is through, the
 * others have yet to begin. `player` is a machine of HR: administrators have no part in reviews.
 */
export const playReviews = async (
  player: Player,
  { people }: Directory,
  { startsOn, endsOn, name }: { startsOn: string; endsOn: string; name: string },
): Promise<void> => {
  const { batch, get, send } = player
  const templates = await batch('review-templates', [template])
  const { items: goals } = await get<Listed>('/v1/objectives?ownerType=user&limit=100')
  const row = {
    externalId: `conversations ${name}`,
    name: `Conversations ${name}`,
    templateId: idIn(templates, 'conversation'),
    startsOn,
    endsOn,
    participants: { userIds: [...new Set(goals.map(({ ownerId }) => ownerId))] },
    okrCycleIds: [...new Set(goals.map(({ cycleId }) => cycleId))],
    deadlines: { self: endsOn, manager: endsOn },
  }
  const cycles = await batch('review-cycles', [{ key: 'round', row }])
  const round = idIn(cycles, 'round')
  await send('POST', `/v1/review-cycles/${round}/launch`, {})
  const about = idIn(people, 'daniel')
  const { items: reviews } = await get<Listed>(`/v1/reviews?reviewCycleId=${round}&subjectId=${about}`)
  for (const { id, relationship } of reviews) {
    const answers = Object.entries(said[relationship as keyof typeof said]).map(([questionKey, [rating, text]]) => ({
      questionKey,
      rating,
      text,
    }))
    await send('PATCH', `/v1/reviews/${id}`, { answers })
    await send('POST', `/v1/reviews/${id}/submit`)
    if (relationship === 'manager') await send('POST', `/v1/reviews/${id}/share`)
  }
}
