const million = 1e6

/**
 * Rounds to 6 decimals, halves away from zero, -0 made 0 (docs/scoring.md, section 1).
 * The millionth on top of the half absorbs binary noise: what is a half on paper is rounded up here too.
 */
export const round6 = (x: number): number => {
  const size = Math.floor(Math.abs(x) * million + 0.500001) / million
  return x < 0 && size !== 0 ? -size : size
}

/** Rounds to 2 decimals by the same rule: the precision of a grade (section 6). */
export const round2 = (x: number): number => {
  const size = Math.floor(Math.abs(x) * 100 + 0.500001) / 100
  return x < 0 && size !== 0 ? -size : size
}

/** Brings a number into 0..1; -0 becomes 0. */
export const clamp01 = (x: number): number => (x > 0 ? (x < 1 ? x : 1) : 0)
