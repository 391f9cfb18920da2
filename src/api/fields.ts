import { z } from 'zod'
import type { ProblemCode } from './problem.ts'

/** Postgres has no year 0, and JavaScript writes years beyond 9999 with a sign. What is no date at all is told elsewhere. */
const isWithinYears = (value: string): boolean => {
  const year = new Date(value).getUTCFullYear()
  return !(year < 1 || year > 9999)
}

/**
 * The years periods lie in (src/scoring/period-text.ts): from a day one counts on and back, by periods too, and what comes
 * before or after those years would be no day any more. Nobody plans or measures there.
 */
const isPlausible = (value: string): boolean => {
  const year = Number(value.slice(0, 4))
  return year >= 1800 && year <= 2199
}

/** Named members shared by many schemas. Bounds come from design rules, so that no value breaks arithmetic later. */
export const id = z.uuid().meta({ description: 'UUID v7, ours.' })
export const externalId = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .nullable()
  .meta({ description: "The caller's own id, unique among live rows." })
export const name = z.string().trim().min(1).max(200)
export const text = z.string().max(10_000)
export const day = z.iso
  .date()
  .refine(isPlausible, 'years run from 1800 to 2199')
  .meta({ description: "A calendar day of the organization's time zone, YYYY-MM-DD." })
export const instant = z.iso
  .datetime({ offset: true })
  .refine(isWithinYears, 'years run from 1 to 9999')
  .meta({ description: 'RFC 3339; answers are in UTC with milliseconds.' })

/** 0..1 */
export const ratio = z.number().min(0).max(1)
/** Any finite number the arithmetic can carry: |x| ≤ 10¹⁵. */
export const quantity = z.number().min(-1e15).max(1e15)
/** Relative weight, 0..10⁶; below 0 has a code of its own. */
export const weight = z
  .number()
  .max(1e6)
  .refine((value) => value >= 0, {
    message: 'weights are at least 0',
    params: { code: 'negative_weight' satisfies ProblemCode },
  })
  .meta({ minimum: 0 })

export const timeZone = z
  .string()
  .max(64)
  .refine((zone) => isTimeZone(zone), 'not an IANA time zone')
  .meta({ description: 'An IANA time zone, e.g. Europe/Berlin.' })

const isTimeZone = (zone: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

/** Members every resource answers with. */
export const base = {
  id,
  externalId,
  version: z.int().meta({ description: "Moves with callers' edits; the ETag." }),
  createdAt: instant,
  updatedAt: instant,
  deletedAt: instant.nullable().meta({ description: 'Set on tombstones only.' }),
}

/** The canonical form instants are stored and compared in: UTC, milliseconds. */
export const canonicalInstant = (value: string): string => new Date(value).toISOString()
