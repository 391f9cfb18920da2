import type { Pool } from 'pg'
import { buildApp } from '../app.ts'
import { createKey, createOrganization } from '../modules/organization/organization.create.ts'
import { playCheckIns } from './check-ins.player.ts'
import { playDirectory } from './directory.player.ts'
import { playGoals, stories } from './goals.player.ts'
import { objectives } from './goals.ts'
import { playKpis } from './kpis.player.ts'
import { organization } from './people.ts'
import { idIn, playerOf } from './player.ts'
import { checkInTimes, quarterOfStory } from './quarter.ts'
import { playReviews } from './reviews.player.ts'

/** What one needs to look around: the key, the company's first objective, and a key result with its next check-in. */
export type Demo = {
  organizationId: string
  organizationName: string
  apiKey: string
  objectiveId: string
  objectiveTitle: string
  keyResultId: string
  keyResultTitle: string
  checkIn: { value: number; confidence: number; note: string }
}

const companyObjective = 'grow'
const keyResultToTry = 'mrr'

/** Goals are agreed on a morning of the week before the quarter. */
const setUpBefore = 6.625 * 86_400_000

/** The next good news of a key result, for a visitor to check in with. */
const nextCheckIn = (key: string, weeks: number): Pick<Demo, 'keyResultTitle' | 'checkIn'> => {
  const story = stories.find((known) => known.key === key)
  const latest = Number(story?.readings.slice(0, weeks).at(-1) ?? 0)
  return {
    keyResultTitle: story?.title ?? '',
    checkIn: { value: latest + 2, confidence: 0.8, note: 'Two more service contracts signed today.' },
  }
}

/**
 * Creates a whole organization and plays a quarter of its life through the API, week by week, by a clock of its own:
 * every score, score point and event comes about as it would in use. The same `now` gives the same organization, but for
 * ids and secrets. Takes a few seconds.
 */
export const createDemo = async (
  pool: Pool,
  { now, log = () => {} }: { now: Date; log?: (line: string) => void },
): Promise<Demo> => {
  const quarter = quarterOfStory(now)
  let clock = new Date(Date.parse(quarter.startsOn) - setUpBefore)
  const moveTo = (at: Date): void => {
    clock = at
  }
  log(`making the demo organization, ${organization.name}`)
  const { organizationId, apiKey } = await createOrganization(pool, organization, clock)
  const app = await buildApp({ pool, clock: () => clock, limits: { rate: null } })
  try {
    const player = playerOf(app, apiKey)
    const directory = await playDirectory(player)
    const kpis = await playKpis(player, directory, quarter)
    await kpis.measure(clock)
    const goals = await playGoals(player, directory, { quarter, today: now.toISOString().slice(0, 10), kpis: kpis.ids })
    const times = checkInTimes(quarter, now)
    log(`playing ${times.length} weeks of ${quarter.name}`)
    await playCheckIns(player, directory, goals, {
      times,
      moveTo: async (at) => {
        moveTo(at)
        await kpis.measure(at)
      },
    })
    const scopes = ['review:read', 'review:write', 'okr:read'] as const
    const expiresAt = new Date(clock.getTime() + 3_600_000).toISOString()
    const hr = { name: 'HR system', role: 'integration', scopes, expiresAt } as const
    const key = await createKey(pool, organizationId, hr, clock)
    await playReviews(playerOf(app, key.apiKey), directory, quarter)
    return {
      organizationId,
      organizationName: organization.name,
      apiKey,
      objectiveId: idIn(goals.objectives, companyObjective),
      objectiveTitle: objectives.find(({ key }) => key === companyObjective)?.title ?? '',
      keyResultId: idIn(goals.keyResults, keyResultToTry),
      ...nextCheckIn(keyResultToTry, times.length),
    }
  } finally {
    await app.close()
  }
}
