import { z } from 'zod'
import { day, id, name, ratio } from '../../api/fields.ts'
import { findMany } from '../../api/find-many.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { findOne } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { anyone } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import { kpiStatusField, trend } from './kpi.fields.ts'
import { kpi, kpiSchema } from './kpi.resource.ts'

/** The most KPIs one tree holds. */
const mostNodes = 5_000

const node = z
  .strictObject({
    id,
    code: kpiSchema.shape.code,
    name,
    unit: kpiSchema.shape.unit,
    ownerType: kpiSchema.shape.ownerType,
    ownerId: id,
    value: z.number().nullable(),
    periodEnd: day.nullable(),
    status: kpiStatusField,
    score: ratio.nullable(),
    trend: trend.nullable(),
    stale: z.boolean(),
    get children(): z.ZodArray<typeof node> {
      return z.array(node)
    },
    hiddenChildren: z.int().meta({ description: 'How many there are that the reader may not see.' }),
  })
  .meta({ id: 'KpiTreeNode', description: 'A KPI with those below it in the cascade.' })

const tree = node
  .extend({ truncated: z.boolean().meta({ description: 'More than 5,000 KPIs: some were left out.' }) })
  .strict()
  .meta({ id: 'KpiTree' })

type Node = z.output<typeof node>
type Link = { id: string; parentId: string }

const belowText = `
  with recursive below (id, parent_id, level) as (
    select id, parent_id, 0 from kpis where tenant_id = $1 and id = $2
    union all
    select i.id, i.parent_id, below.level + 1 from below
    join kpis i on i.tenant_id = $1 and i.parent_id = below.id and i.deleted_at is null where below.level < $3
  )
  select id, parent_id as "parentId" from below where level > 0 order by level, id limit $4`

const shown = Object.keys(node.shape)
const nodeOf = (row: Record<string, unknown>): Node => ({
  ...(Object.fromEntries(shown.map((key) => [key, row[key]])) as Node),
  children: [],
  hiddenChildren: 0,
})

const treeOf = async (ctx: Context, rootId: string, depth: number) => {
  const found = await query<Link>(ctx.db, 'kpis_below', belowText, [ctx.actor.tenantId, rootId, depth, mostNodes + 1])
  const links = found.slice(0, mostNodes)
  const rows = await findMany(ctx, kpi, [rootId, ...links.map(({ id: own }) => own)])
  const nodes = new Map(rows.map((row) => [row['id'] as string, nodeOf(present(kpi, row, ctx))]))
  for (const { id: own, parentId } of links) {
    const [parent, child] = [nodes.get(parentId), nodes.get(own)]
    if (parent && child) parent.children.push(child)
    else if (parent) parent.hiddenChildren++
  }
  const root = nodes.get(rootId)
  if (!root) throw new Problem('not_found')
  return { ...root, truncated: found.length > mostNodes }
}

/** `GET /kpis/:id/tree`: the cascade below a KPI. What lies below a hidden KPI is hidden with it. */
export const kpiTreeOperation = operation({
  name: 'kpiTree',
  tag: 'Kpi',
  summary: 'Get a KPI with all that cascades from it',
  rest: 'GET /kpis/:id/tree',
  scope: 'kpi:read',
  input: z.strictObject({ id, depth: z.int().min(1).max(16).default(5).meta({ description: 'Levels below it.' }) }),
  output: tree,
  find: (ctx, input) => findOne(ctx, kpi, input.id),
  allow: anyone,
  run: (ctx, input) => treeOf(ctx, input.id, input.depth),
})
