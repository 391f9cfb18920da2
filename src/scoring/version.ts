/** Version of the rules in docs/scoring.md; stored with every score, raised whenever a number could come out differently. */
export const scoringVersion = 1
