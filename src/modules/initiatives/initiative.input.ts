import { z } from 'zod'
import { day, id, name } from '../../api/fields.ts'
import { newId } from '../../api/new-id.ts'
import { inputProblem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import { initiativeSchema } from './initiative.resource.ts'
import type { initiatives, Task } from './initiative.table.ts'

type Initiative = typeof initiatives.$inferSelect

const { externalId, title, description, ownerId, objectiveId, keyResultIds, kpiIds, state, progress } =
  initiativeSchema.shape
const { weight, budget, effort, startsOn, dueOn, links } = initiativeSchema.shape

const taskInput = z
  .strictObject({ id: id.optional(), title: name, done: z.boolean().optional(), dueOn: day.nullable().optional() })
  .meta({ id: 'TaskInput', description: '`id` keeps what is known of an existing task.' })

const tasks = z.array(taskInput).max(500)

export const createInitiativeInput = z.strictObject({
  externalId: externalId.default(null),
  title,
  description: description.default(null),
  ownerId: ownerId.default(null),
  objectiveId: objectiveId.default(null),
  keyResultIds: keyResultIds.default([]),
  kpiIds: kpiIds.default([]),
  state: state.default('planned'),
  tasks: tasks.default([]),
  progress: progress.default(null),
  weight: weight.default(null),
  budget: budget.default(null),
  effort: effort.default(null),
  startsOn: startsOn.default(null),
  dueOn: dueOn.default(null),
  links: links.default([]),
})

export const updateInitiativeInput = z
  .strictObject({
    externalId,
    title,
    description,
    ownerId,
    objectiveId,
    keyResultIds,
    kpiIds,
    state,
    tasks,
    progress,
    weight,
    budget,
    effort,
    startsOn,
    dueOn,
    links,
  })
  .partial()

/** What is stored for an input: tasks with ids, each key result once. */
export const initiativeRow = (input: Row, before: Initiative | null): Row => ({
  ...(Array.isArray(input['tasks'])
    ? { tasks: tasksOf(input['tasks'] as z.output<typeof tasks>, before?.tasks ?? []) }
    : {}),
  ...(Array.isArray(input['keyResultIds']) ? { keyResultIds: [...new Set(input['keyResultIds'])] } : {}),
})

const tasksOf = (given: z.output<typeof tasks>, before: readonly Task[]): Task[] => {
  const ids = given.flatMap(({ id: known }) => known ?? [])
  const twice = given.findIndex(
    ({ id: known }, at) => known !== undefined && ids.indexOf(known) < ids.lastIndexOf(known) && at > 0,
  )
  if (new Set(ids).size < ids.length) throw inputProblem('invalid_input', `/tasks/${twice}/id`, 'named twice')
  return given.map(({ id: known, title: label, done, dueOn: due }, at) => {
    const old = before.find((task) => task.id === known)
    if (known && !old) throw inputProblem('reference_not_found', `/tasks/${at}/id`, 'there is no such task')
    return {
      id: known ?? newId(),
      title: label,
      done: done ?? old?.done ?? false,
      dueOn: due === undefined ? (old?.dueOn ?? null) : due,
    }
  })
}
