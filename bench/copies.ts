import type { Client } from 'pg'

/** Tables of a goal graph, and the ids in them that belong to one copy. */
const copied: Record<string, readonly string[]> = {
  objectives: ['id'],
  key_results: ['id', 'objective_id', 'last_check_in_id'],
  alignments: ['id', 'child_objective_id', 'parent_objective_id', 'parent_key_result_id'],
  check_ins: ['id', 'key_result_id', 'supersedes_id'],
}

/** Repeats the goals of an organization `times` times within it, set by set; as the admin, and without the triggers. */
export const copyGoals = async (admin: Client, tenantId: string, times: number): Promise<void> => {
  await admin.query('set session_replication_role = replica')
  for (const [table, own] of Object.entries(copied)) {
    const { rows } = await admin.query<{ name: string }>(
      `select column_name as name from information_schema.columns
       where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
      [table],
    )
    const names = rows.map(({ name }) => name)
    const values = names.map((name) => (own.includes(name) ? `md5(t.${name}::text || n)::uuid` : `t.${name}`))
    await admin.query(
      `insert into ${table} (${names.join(', ')}) select ${values.join(', ')}
       from ${table} t cross join generate_series(1, ${times}) n where t.tenant_id = $1`,
      [tenantId],
    )
  }
  await admin.query('set session_replication_role = origin')
}
