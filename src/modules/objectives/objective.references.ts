import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { livingIn } from '../goals/goal.owner.ts'
import { library } from '../okr-templates/okr-template.built-in.ts'
import type { objectives } from './objective.table.ts'

type Objective = typeof objectives.$inferSelect

/** So must every contributor. 422 `reference_not_found`. */
export const requireContributors = async (
  ctx: Context,
  before: Objective | null,
  { contributors }: Objective,
): Promise<void> => {
  if (contributors.length === 0 || isDeepStrictEqual(before?.contributors, contributors)) return
  for (const type of ['team', 'user'] as const) {
    const ids = contributors.filter((contributor) => contributor.type === type).map(({ id }) => id)
    if (ids.length === 0) continue
    const known = await livingIn(ctx, `${type}s`, ids)
    const at = contributors.findIndex((contributor) => contributor.type === type && !known.has(contributor.id))
    if (at >= 0) throw inputProblem('reference_not_found', `/contributors/${at}/id`, `there is no such ${type}`)
  }
}

/** The template it follows, built-in or own, is known. 422 `reference_not_found`. */
export const requireTemplate = async (
  ctx: Context,
  before: Objective | null,
  { templateId }: Objective,
): Promise<void> => {
  if (templateId === null || templateId === before?.templateId || (await library.find(ctx, templateId))) return
  throw inputProblem('reference_not_found', '/templateId', `there is no OKR template ${templateId}`)
}
