import type { ClientBase } from 'pg'

// The wanted condition as Postgres prints it back, so that a policy that is already right is left alone.
const printed = `(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)`
// For what is written the setting is looked up once per statement, not once per row.
const checked = `(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif"))`

type Table = {
  /** As SQL has it. */
  name: string
  isForced: boolean
  hasPolicy: boolean
  isPolicyRight: boolean
  isGranted: boolean
  isAuditLog: boolean
}

// A partition is reached through its parent only.
const tablesText = `
  select name, "isForced", "hasPolicy", "isPolicyRight", "isGranted", "isAuditLog" from (
    select c.oid, c.oid::regclass::text as name, c.relrowsecurity and c.relforcerowsecurity as "isForced",
      p.oid is not null as "hasPolicy", c.oid is not distinct from to_regclass('public.audit_log') as "isAuditLog",
      coalesce(p.polcmd = '*' and p.polpermissive and p.polroles = array['headway_app'::regrole::oid]
        and pg_get_expr(p.polqual, c.oid) = $1 and pg_get_expr(p.polwithcheck, c.oid) = $2, false) as "isPolicyRight",
      case when c.oid is not distinct from to_regclass('public.audit_log')
        then not may.change and may.add and has_column_privilege('headway_app', c.oid, 'seq', 'update')
        else c.relispartition or (may.read and may.add and may.change and may.remove) end as "isGranted"
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    left join pg_policy p on p.polrelid = c.oid and p.polname = 'tenant'
    cross join lateral (select has_table_privilege('headway_app', c.oid, 'select') as read,
      has_table_privilege('headway_app', c.oid, 'insert') as add, has_table_privilege('headway_app', c.oid, 'update') as change,
      has_table_privilege('headway_app', c.oid, 'delete') as remove) may
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'measurement_staging'
  ) t where not ("isForced" and "isPolicyRight" and "isGranted") order by oid`

/** What puts a table right, policies before grants: it is open to nobody before it is closed to others. */
const mending = ({ name, ...table }: Table): string[] => [
  ...(table.isForced ? [] : [`alter table ${name} enable row level security, force row level security`]),
  ...(table.hasPolicy && !table.isPolicyRight ? [`drop policy tenant on ${name}`] : []),
  ...(table.isPolicyRight
    ? []
    : [`create policy tenant on ${name} for all to headway_app using ${printed} with check ${checked}`]),
  ...(table.isGranted
    ? []
    : table.isAuditLog
      ? auditGrants
      : [`grant select, insert, update, delete on ${name} to headway_app`]),
]

// The audit log is only added to: what may be set later is named.
const auditGrants = [
  'revoke all on public.audit_log from headway_app',
  'grant select, insert, delete on public.audit_log to headway_app',
  'grant update (seq, hash, salt) on public.audit_log to headway_app',
]

const openText = `
do $open$
begin
  -- The tables without a tenant of their own: ids only, read by whatever goes through all tenants.
  if to_regclass('public.tenants') is not null then
    grant select, insert on public.tenants to headway_app;
  end if;
  if to_regclass('public.unsequenced') is not null then
    grant select, insert, delete on public.unsequenced to headway_app;
  end if;
  if to_regclass('public.webhook_tenants') is not null then
    grant select, insert on public.webhook_tenants to headway_app;
  end if;
  -- COPY writes to no table with policies; what it holds is found by the id of an import, which nobody else knows.
  if to_regclass('public.measurement_staging') is not null then
    grant select, insert, delete on public.measurement_staging to headway_app;
  end if;
end
$open$`

/**
 * Puts every table of schema public that has a `tenant_id` under forced row-level security, readable and writable
 * for the serving role within `app.tenant` only; without that setting it sees nothing. May be repeated: tables that
 * are already right are neither changed nor locked, and of the others one at a time, so that those who are served
 * meanwhile wait for one table and not for all. Other policies stay, since views for reporting bring their own.
 */
export const secureTables = async (owner: ClientBase): Promise<void> => {
  const { rows } = await owner.query<Table>(tablesText, [printed, checked])
  // Several statements in one text are one transaction: no table is seen half mended.
  for (const table of rows) await owner.query(mending(table).join(';\n'))
  await owner.query(openText)
}
