import type { ClientBase } from 'pg'

// The wanted condition as Postgres prints it back, so that a policy that is already right is left alone.
const printed = `(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)`
// For what is written the setting is looked up once per statement, not once per row.
const checked = `(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif"))`

const statement = `
do $tenancy$
declare
  target record;
begin
  for target in
    select c.oid, c.oid::regclass as name, c.relrowsecurity and c.relforcerowsecurity as forced, c.relispartition,
           p.oid is not null as has_policy,
           p.polcmd = '*' and p.polpermissive and p.polroles = array['headway_app'::regrole::oid]
             and pg_get_expr(p.polqual, c.oid) = $expr$${printed}$expr$
             and pg_get_expr(p.polwithcheck, c.oid) = $expr$${checked}$expr$ as right_policy
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
      left join pg_policy p on p.polrelid = c.oid and p.polname = 'tenant'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'measurement_staging'
     order by c.oid
  loop
    if not target.forced then
      execute format('alter table %s enable row level security, force row level security', target.name);
    end if;
    if target.right_policy is not true then
      if target.has_policy then
        execute format('drop policy tenant on %s', target.name);
      end if;
      execute format('create policy tenant on %s for all to headway_app using %s with check %s',
        target.name, $expr$${printed}$expr$, $expr$${checked}$expr$);
    end if;
    -- A partition is reached through its parent only. The audit log is only added to: what may be set later is named.
    if target.oid = to_regclass('public.audit_log') then
      if has_table_privilege('headway_app', target.oid, 'update') or not has_table_privilege('headway_app', target.oid, 'insert')
        or not has_column_privilege('headway_app', target.oid, 'seq', 'update')
      then
        revoke all on public.audit_log from headway_app;
        grant select, insert, delete on public.audit_log to headway_app;
        grant update (seq, hash, salt) on public.audit_log to headway_app;
      end if;
    elsif not target.relispartition and not (
      has_table_privilege('headway_app', target.oid, 'select') and
      has_table_privilege('headway_app', target.oid, 'insert') and
      has_table_privilege('headway_app', target.oid, 'update') and
      has_table_privilege('headway_app', target.oid, 'delete'))
    then
      execute format('grant select, insert, update, delete on %s to headway_app', target.name);
    end if;
  end loop;

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
$tenancy$`

/**
 * Puts every table of schema public that has a `tenant_id` under forced row-level security, readable and writable
 * for the serving role within `app.tenant` only; without that setting it sees nothing. May be repeated: tables that
 * are already right are neither changed nor locked. Other policies stay, since views for reporting bring their own.
 */
export const secureTables = async (owner: ClientBase): Promise<void> => {
  await owner.query(statement)
}
