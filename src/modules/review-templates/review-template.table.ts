import { jsonb, text } from 'drizzle-orm/pg-core'
import { resourceTable } from '../../db/columns.ts'

export const relationships = ['self', 'manager', 'peer', 'upward'] as const
export type Relationship = (typeof relationships)[number]
export const sectionKinds = ['competency', 'goals', 'free_text'] as const

export type ScalePoint = { value: number; label: string }
export type RatingScale = { name: string; points: ScalePoint[] }
export type ReviewQuestion = { key: string; text: string; required: boolean }
export type ReviewSection = {
  key: string
  title: string
  kind: (typeof sectionKinds)[number]
  weight: number
  /** Whose reviews ask it. */
  relationships: Relationship[]
  questions: ReviewQuestion[]
}
/** Parts of a final rating by what they come from. */
export type RatingWeights = Record<Relationship | 'goals', number>

/** What a review asks and how it is rated. */
export type ReviewForm = { scale: RatingScale; sections: ReviewSection[]; weights: RatingWeights }

export const reviewTemplates = resourceTable('review_templates', {
  name: text('name').notNull(),
  description: text('description'),
  scale: jsonb('scale').$type<RatingScale>().notNull(),
  sections: jsonb('sections').$type<ReviewSection[]>().notNull(),
  weights: jsonb('weights').$type<RatingWeights>().notNull(),
})
