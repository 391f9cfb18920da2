import { z } from 'zod'
import { base, day, id, name, ratio, text, weight } from '../../api/fields.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { defaultPolicy, scoreInitiative, scoringVersion } from '../../scoring/index.ts'
import { initiativeVisible } from '../goals/goal.visibility.ts'
import { objective } from '../objectives/objective.resource.ts'
import { user } from '../users/user.resource.ts'
import { initiativeStates, initiatives, type Task } from './initiative.table.ts'

const task = z
  .strictObject({ id, title: name, done: z.boolean(), dueOn: day.nullable() })
  .meta({ id: 'Task', description: 'A piece of the work.' })

const amount = z.number().min(0).max(1e15)

export const initiativeSchema = z
  .strictObject({
    ...base,
    title: name,
    description: text.nullable(),
    ownerId: id.nullable(),
    objectiveId: id.nullable(),
    keyResultIds: z.array(id).max(100).meta({ description: 'The key results it drives.' }),
    kpiIds: z.array(id).max(50).meta({ description: 'KPIs that show whether it works.' }),
    state: z.enum(initiativeStates).meta({ id: 'InitiativeState' }),
    tasks: z.array(task).max(500),
    progress: ratio.nullable().meta({
      description:
        'What was reported, or done over all tasks when it has some, or 1 when done; null when nothing was said.',
    }),
    weight: weight.nullable().meta({
      description: 'Null counts 0 in its objective, and 1 in a key result that is measured by its initiatives.',
    }),
    budget: amount.nullable().meta({ description: "In the organization's currency." }),
    effort: amount.nullable().meta({ description: 'In person-days.' }),
    startsOn: day.nullable(),
    dueOn: day.nullable(),
    links: z
      .array(z.url({ protocol: /^https?$/ }).max(2_000))
      .max(50)
      .meta({ description: 'Addresses in trackers and documents.' }),
    scoringVersion: z.int(),
  })
  .meta({ id: 'Initiative', description: 'The work that drives key results.' })

/** Progress as docs/scoring.md section 3 has it; null when nothing was said. */
const progressOf = (
  {
    id: own,
    state,
    progress,
    tasks,
  }: Pick<typeof initiatives.$inferSelect, 'id' | 'state' | 'progress'> & {
    tasks: readonly Task[]
  },
  today: string,
): number | null => {
  const done = tasks.filter((each) => each.done).length
  const said = { id: own, state, progress, tasks: { done, all: tasks.length } }
  return scoreInitiative({ ...said, policy: defaultPolicy, firstDay: null, lastDay: null }, today).attainment
}

export const initiative: Resource<typeof initiatives> = resource({
  name: 'Initiative',
  path: 'initiatives',
  type: 'initiative',
  schema: initiativeSchema,
  table: initiatives,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => initiativeVisible(sight, 'initiatives'),
  derived: {
    progress: { needs: ['id', 'state', 'progress', 'tasks'], of: (row, { today }) => progressOf(row, today) },
    scoringVersion: { needs: [], of: () => scoringVersion },
  },
  filters: ['externalId', 'ownerId', 'objectiveId', 'keyResultIds', 'state'],
  sorts: ['title', 'startsOn', 'dueOn', 'weight'],
  search: ['title', 'description'],
  belongsTo: {
    owner: { key: 'ownerId', to: () => user, inverse: 'initiatives' },
    objective: { key: 'objectiveId', to: () => objective, inverse: 'initiatives' },
  },
})
