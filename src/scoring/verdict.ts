import { round2 } from './rounding.ts'
import type { Commitment, Verdict } from './types.ts'

/** The grade that closing suggests: progress rounded to 2 decimals; null stays null (section 6). */
export const suggestGrade = (progress: number | null): number | null => (progress === null ? null : round2(progress))

/**
 * Verdict of a grade 0..1, read rounded to 2 decimals; null stays null (section 6).
 * Committed: 1 achieved, from 0.7 partial. Aspirational and learning: from 0.7 achieved, from 0.4 partial.
 */
export const verdictOf = (grade: number | null, commitment: Commitment): Verdict | null => {
  if (grade === null) return null
  const rounded = round2(grade)
  if (rounded >= (commitment === 'committed' ? 1 : 0.7)) return 'achieved'
  return rounded >= (commitment === 'committed' ? 0.7 : 0.4) ? 'partial' : 'missed'
}
