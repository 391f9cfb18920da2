import type { Actor, Scope } from '../auth/actor.ts'
import type { Column } from './column.ts'

/** One flat table for analysts: a view of schema `bi`, an OData entity set and an export, all by this definition. */
export type BiTable = {
  /** Of the view and the export, e.g. `key_results`. */
  name: string
  /** Of the OData entity set, e.g. `KeyResults`. */
  entitySet: string
  kind: 'dimension' | 'fact'
  says: string
  scope: Scope
  /** What stands behind FROM. Row-level security of each table holds behind the view, too. */
  from: string
  /** The tables it reads, which the owner of the views must be allowed to read. */
  reads: readonly string[]
  where?: string
  /** The column that identifies a row. */
  key: string
  /** The column that moves with every change; exports follow it. */
  changedAt: string
  /** Whether `visibility` is among the columns: callers who do not see everything get `organization` rows only. */
  isGuarded?: boolean
  /** Not offered by OData and exports. */
  isSqlOnly?: boolean
  columns: Readonly<Record<string, Column>>
}

/** Whether a credential may read a table by the API. */
export const mayRead = ({ scopes }: Actor, { scope, isSqlOnly = false }: BiTable): boolean =>
  !isSqlOnly && (scopes.includes('admin') || scopes.includes(scope))

/** Today where the organization is (alias `g`): health and status depend on it (docs/scoring.md). */
export const today = `(transaction_timestamp() at time zone g.time_zone)::date::text`

/** What a row of a resource carries beside its own columns. */
export const lifeOf = (alias: string) =>
  ({
    created_at: { type: 'DateTimeOffset', sql: `${alias}.created_at`, says: 'When it was created.' },
    updated_at: { type: 'DateTimeOffset', sql: `${alias}.updated_at`, says: 'When it was last changed.' },
    deleted_at: {
      type: 'DateTimeOffset',
      sql: `${alias}.deleted_at`,
      says: 'When it was deleted; empty for live rows.',
    },
  }) as const satisfies Record<string, Column>
