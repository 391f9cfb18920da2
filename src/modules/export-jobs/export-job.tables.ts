import { z } from 'zod'
import { operation } from '../../api/operation.ts'
import { anyone } from '../../auth/rules.ts'
import { mayRead } from '../../bi/table.ts'
import { offeredTables } from '../../bi/tables.ts'
import { exportJobSchema } from './export-job.resource.ts'

const publishedTable = z
  .strictObject({
    name: exportJobSchema.shape.table,
    kind: z.enum(['dimension', 'fact']).meta({ id: 'PublishedTableKind' }),
    says: z.string(),
    key: z.string().meta({ description: 'The column that identifies a row.' }),
    changedAt: z.string().meta({ description: 'The column that moves with every change.' }),
  })
  .meta({ id: 'PublishedTable', description: 'A flat table for analysts, as exports and OData offer it.' })

/** The published tables the credential may read. */
export const exportTablesOperation = operation({
  name: 'exportTables',
  summary: 'List the published tables that can be exported',
  rest: 'GET /exports',
  scope: null,
  tag: 'ExportJob',
  input: z.strictObject({}),
  output: z.strictObject({ items: z.array(publishedTable) }).meta({ id: 'PublishedTables' }),
  allow: anyone,
  run: async ({ actor }) => ({
    items: offeredTables
      .filter((table) => mayRead(actor, table))
      .map(({ name, kind, says, key, changedAt }) => ({ name, kind, says, key, changedAt })),
  }),
})
