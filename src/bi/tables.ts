import { directoryTables } from './directory.tables.ts'
import { kpiTables } from './kpi.tables.ts'
import { okrTables } from './okr.tables.ts'
import { reviewTables } from './review.tables.ts'
import type { BiTable } from './table.ts'

/** Everything published to analysts. */
export const biTables: readonly BiTable[] = [...directoryTables, ...okrTables, ...kpiTables, ...reviewTables]

/** What OData and exports offer. */
export const offeredTables = biTables.filter(({ isSqlOnly }) => !isSqlOnly)

export const biTable = (name: string): BiTable | undefined => biTables.find((table) => table.name === name)
