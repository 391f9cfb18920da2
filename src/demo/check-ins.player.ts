import type { Directory } from './directory.player.ts'
import { type Goals, stories } from './goals.player.ts'
import { idIn, type Player, type Row } from './player.ts'
import type { DemoKeyResult } from './story.ts'

type StepIds = ReadonlyMap<string, string>

/** Ids the service gave to the steps of milestones, by key result and title. */
const stepsOf = async ({ get }: Player): Promise<StepIds> => {
  const { items } = await get<{ items: { externalId: string; steps: { id: string; title: string }[] }[] }>(
    '/v1/key-results?kind=milestone&limit=100',
  )
  return new Map(items.flatMap(({ externalId, steps }) => steps.map(({ id, title }) => [`${externalId}/${title}`, id])))
}

/** A number is a value; a word is the zone reached, or the step done. */
const readingOf = ({ key, definition }: DemoKeyResult, reading: number | string, steps: StepIds): Row => {
  if (typeof reading === 'number') return { value: reading }
  return definition['kind'] === 'ordinal'
    ? { zone: reading }
    : { step: { id: idIn(steps, `${key}/${reading}`), done: true } }
}

const checkInOf = (story: DemoKeyResult, week: number, steps: StepIds): Row | undefined => {
  const reading = story.readings[week - 1] ?? null
  const said = story.said?.[week]
  if (reading === null && !said) return undefined
  const confidence = Object.entries(story.said ?? {}).reduce(
    (latest, [at, { confidence: newer }]) => (Number(at) <= week && newer !== undefined ? newer : latest),
    story.confidence,
  )
  return { ...(reading === null ? {} : readingOf(story, reading, steps)), ...said, confidence }
}

/** One batch a week, at the time people check in: the clock moves, and the service learns what happened. */
export const playCheckIns = async (
  player: Player,
  directory: Directory,
  goals: Goals,
  { times, moveTo }: { times: readonly Date[]; moveTo: (at: Date) => Promise<void> },
): Promise<void> => {
  const steps = await stepsOf(player)
  for (const [at, time] of times.entries()) {
    await moveTo(time)
    const rows = stories.flatMap((story) => {
      const checkIn = checkInOf(story, at + 1, steps)
      if (!checkIn) return []
      const keyResultId = idIn(goals.keyResults, story.key)
      return [{ key: story.key, row: { ...checkIn, keyResultId, authorId: idIn(directory.people, story.owner) } }]
    })
    if (rows.length > 0) await player.batch('check-ins', rows)
  }
}
