import type { SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import type { Actor, Scope } from '../auth/actor.ts'
import type { Context } from './operation.ts'

/** What any write does to a row; its event is `<resource type>.<verb>`. */
export type Verb = 'created' | 'updated' | 'deleted' | 'restored'

/** An event besides those of plain writes. */
export type EventSpec = {
  summary: string
  /** What of the subject it tells before and after, by member; any of them may be left out. */
  changes?: Readonly<Record<string, z.ZodType>>
}

/** The classes of readers: row visibility is compiled once for each. */
export type Sight = 'everything' | 'shared' | 'own'

export type Edge = {
  /** The published member that holds the other's id. */
  key: string
  to: () => Resource
  /** The name of the field at the other end, which lists these. */
  inverse?: string
}

/** A reference whose target's kind is told by another member: `ownerType` beside `ownerId`. */
export type PolymorphicEdge = { type: string; key: string; to: () => Record<string, Resource>; inverse: string }

/** How lists filter and sort by a member that SQL works out; expressions may use the placeholders of every read. */
export type Computed = {
  /** One value of the filter. */
  filter: z.ZodType
  value: SQL
  /** Its place in the order, from 1, never null; and the same of a row already read. */
  rank: SQL
  /** Columns `rankOf` reads. */
  needs: readonly string[]
  rankOf: (row: Record<string, unknown>, today: string) => number
}

/** A member computed in the answer from the columns it names, such as what depends on today. */
export type Derived<R> = {
  needs: readonly (keyof R & string)[]
  of: (row: R, ctx: Pick<Context, 'today' | 'actor'>) => unknown
}

/** Rows whose reading is itself written down, told from the columns it names. */
export type Audited = { needs: readonly string[]; isFor: (row: Record<string, unknown>, actor: Actor) => boolean }

/** One noun of the API: the shape clients see, the table behind it, who sees which rows, and its edges. */
// `any`: a list holds resources of many tables, and what takes a row does not widen to `unknown`.
// oxlint-disable-next-line typescript/no-explicit-any
export type Resource<T extends PgTable = any> = {
  /** The OpenAPI component and the GraphQL type, e.g. `KeyResult`. */
  name: string
  /** The REST collection, e.g. `key-results`. */
  path: string
  /** What its list is called, where the path is no plural. */
  listName?: string
  /** What events and explanations call it, e.g. `key_result`. */
  type: string
  schema: z.ZodObject
  table: T
  /** Null where any valid credential will do. */
  scopes: { read: Scope | null; write: Scope | null }
  /** Narrows every read and every edge to what this class of reader may see; undefined is no narrowing. */
  visible: (sight: Sight) => SQL | undefined
  /** What else happens to one, by verb: `closed` becomes the event `objective.closed`. */
  events?: Readonly<Record<string, EventSpec>>
  /** Which class of reader an actor is here, where it is not that of goals (auth/sight.ts). */
  sightOf?: (actor: Actor) => Sight
  /** Reads that leave an audit row. Such a resource is no edge's other end: edges are read past the door. */
  audited?: Audited
  /** Members that are computed in the answer, by name. */
  derived?: Record<string, Derived<T['$inferSelect']>>
  /** Members that are looked up elsewhere, each by an expression over the table of the resource. */
  looked?: Readonly<Record<string, SQL>>
  /** Published members that list filters, sorts and text search may use; `id`, `createdAt`, `updatedAt` always sort. */
  filters?: readonly string[]
  sorts?: readonly string[]
  search?: readonly string[]
  /** Members no column holds, such as what depends on today; filters and sorts may name them all the same. */
  computed?: Readonly<Record<string, Computed>>
  /** Refuses a combination of filter and sort that policy forbids, by throwing. */
  judgeList?: (query: { sort: readonly string[]; filters: Record<string, unknown> }) => void
  /** Foreign keys, named from both ends: `KeyResult.objective` and `Objective.keyResults`. */
  belongsTo?: Record<string, Edge>
  polymorphic?: Record<string, PolymorphicEdge>
}

export const resource = <T extends PgTable>(definition: Resource<T>): Resource<T> => definition
