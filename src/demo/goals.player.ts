import { alignments } from './alignments.ts'
import { commercialStory } from './commercial.story.ts'
import { companyStory } from './company.story.ts'
import type { Directory } from './directory.player.ts'
import { type DemoObjective, objectives, pillars } from './goals.ts'
import { watched } from './kpis.ts'
import { operationsStory } from './operations.story.ts'
import { personStory } from './persons.story.ts'
import { idIn, type Player, type Row } from './player.ts'
import { productAndPeopleStory } from './product-people.story.ts'
import { endOfWeek, quartersOf, type Span } from './quarter.ts'
import type { DemoKeyResult } from './story.ts'
import { teamStory } from './teams.story.ts'
import { templates } from './templates.ts'

export type Goals = { objectives: Map<string, string>; keyResults: Map<string, string> }

export const stories: readonly DemoKeyResult[] = [
  ...companyStory,
  ...commercialStory,
  ...operationsStory,
  ...productAndPeopleStory,
  ...teamStory,
  ...personStory,
]

const cycleState = ({ startsOn, endsOn }: Span, quarter: Span, today: string): string => {
  if (startsOn === quarter.startsOn) return endsOn < today ? 'closing' : 'active'
  return startsOn < quarter.startsOn ? 'closed' : 'planned'
}

/** The year with its quarters; gives the id of the quarter of the story. */
const playCycles = async ({ batch }: Player, quarter: Span, today: string): Promise<string> => {
  const year = Number(quarter.startsOn.slice(0, 4))
  const wholeYear = { name: String(year), kind: 'year', startsOn: `${year}-01-01`, endsOn: `${year}-12-31` }
  const years = await batch('cycles', [{ key: 'year', row: { externalId: String(year), ...wholeYear } }])
  const quarters = quartersOf(year).map((span) => ({
    key: span.startsOn,
    row: {
      ...span,
      externalId: span.name,
      kind: 'quarter',
      parentId: idIn(years, 'year'),
      state: cycleState(span, quarter, today),
    },
  }))
  return idIn(await batch('cycles', quarters), quarter.startsOn)
}

const ownerOf = ({ owner: [ownerType, key] }: DemoObjective, { people, departments, teams }: Directory): Row => {
  if (key === undefined) return { ownerType }
  const ids = { user: people, department: departments, team: teams }[ownerType as 'user' | 'department' | 'team']
  return { ownerType, ownerId: idIn(ids, key) }
}

/** Strategy, cycles, objectives, key results and how they hang together. */
export const playGoals = async (
  player: Player,
  directory: Directory,
  { quarter, today, kpis }: { quarter: Span; today: string; kpis: ReadonlyMap<string, string> },
): Promise<Goals> => {
  const { batch } = player
  const strategy = pillars.map(([key, title, narrative]) => ({ key, row: { externalId: key, title, narrative } }))
  const pillarIds = await batch('pillars', strategy)
  const cycleId = await playCycles(player, quarter, today)
  const library = templates.map(({ key, row }) => ({ key, row: { externalId: key, ...row } }))
  const templateIds = await batch('okr-templates', library)
  const wanted = objectives.map((objective) => ({
    key: objective.key,
    row: {
      ...ownerOf(objective, directory),
      externalId: objective.key,
      title: objective.title,
      rationale: objective.rationale,
      commitment: objective.commitment ?? 'committed',
      cycleId,
      pillarId: idIn(pillarIds, objective.pillar),
      watchedKpiIds: (watched[objective.key] ?? []).map((code) => idIn(kpis, code)),
      ...(objective.template ? { templateId: idIn(templateIds, objective.template) } : {}),
    },
  }))
  const objectiveIds = await batch('objectives', wanted)
  const measures = stories.map(({ key, objective, owner, title, definition, kpi, waypoints }) => ({
    key,
    row: {
      ...definition,
      ...(kpi ? { source: 'kpi', kpiId: idIn(kpis, kpi) } : {}),
      ...(waypoints
        ? { waypoints: waypoints.map(([week, value]) => ({ date: endOfWeek(quarter, week), value })) }
        : {}),
      externalId: key,
      title,
      objectiveId: idIn(objectiveIds, objective),
      ownerId: idIn(directory.people, owner),
    },
  }))
  const keyResultIds = await batch('key-results', measures)
  const edges = alignments.map(({ child, weight, relation, ...above }) => ({
    key: child,
    row: {
      childObjectiveId: idIn(objectiveIds, child),
      ...('parent' in above
        ? { parentObjectiveId: idIn(objectiveIds, above.parent) }
        : { parentKeyResultId: idIn(keyResultIds, above.parentKeyResult) }),
      ...(weight === undefined ? {} : { weight }),
      ...(relation ? { relation } : {}),
    },
  }))
  await batch('alignments', edges)
  return { objectives: objectiveIds, keyResults: keyResultIds }
}
