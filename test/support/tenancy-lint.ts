import type { ClientBase } from 'pg'

export type Defect = { rule: string; object: string }

/** These tables hold ids only and are read by whatever visits every tenant; `logins` says whose rows a BI login sees. */
const withoutTenant = [
  'public.tenants',
  'public.unsequenced',
  'public.webhook_tenants',
  'drizzle.__drizzle_migrations',
  'bi_access.logins',
]

/** COPY writes to no table with policies: rows of an import wait here, named by tenant and import in every statement. */
const withoutPolicy = ['public.measurement_staging']

const canonical = `(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)`
/** The same, looked up once for all rows of a statement that writes. */
const canonicalCheck = `(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif"))`

/** The job queue's tables hold no tenant's data: names, times and outcomes of jobs. */
const apart = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pgboss')`

/** Every row is a defect. $1: tables that need no tenant, $2 and $4: the conditions every policy must have, $3: tables without. */
const text = `
with tables as (
  select c.oid, c.oid::regclass::text as name, n.nspname || '.' || c.relname as full_name, c.relrowsecurity, c.relforcerowsecurity, c.relowner
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and ${apart}
), own as (
  select t.*, a.attnum as tenant, a.attnotnull from tables t
  join pg_attribute a on a.attrelid = t.oid and a.attname = 'tenant_id' and not a.attisdropped
  where not t.full_name = any($1::text[] || $3::text[])
), policies as (
  select own.name || '.' || polname as name, pg_get_expr(polqual, polrelid) as reads, pg_get_expr(polwithcheck, polrelid) as writes,
    polcmd, polpermissive, polroles
  from pg_policy join own on own.oid = polrelid where polname <> 'bi'
)
select 'table without tenant_id' as rule, full_name as object from tables where oid not in (select oid from own) and not full_name = any($1::text[] || $3::text[])
union all select 'tenant_id may be null', name from own where not attnotnull
union all select 'row-level security is off', name from own where not relrowsecurity
union all select 'row-level security is not forced', name from own where not relforcerowsecurity
union all select 'no policy', name from own where not exists (select from pg_policy where polrelid = own.oid and polname <> 'bi')
union all select 'policy reads otherwise', name from policies where reads is distinct from $2
union all select 'policy writes otherwise', name from policies where writes is distinct from $4
union all select 'policy is not for all of headway_app alone', name from policies
  where polcmd <> '*' or not polpermissive or polroles <> array['headway_app'::regrole::oid]
union all select 'foreign key without tenant_id', k.conname::text from pg_constraint k
  join own s on s.oid = k.conrelid join own d on d.oid = k.confrelid
  where contype = 'f' and array_position(conkey, s.tenant) is distinct from array_position(confkey, d.tenant)
    or contype = 'f' and array_position(conkey, s.tenant) is null
union all select 'unique index without tenant_id', i.indexrelid::regclass::text from pg_index i join own on own.oid = i.indrelid
  where indisunique and not own.tenant = any(i.indkey::int2[])
union all select 'invalid index', indexrelid::regclass::text from pg_index where not indisvalid
union all select 'view without security_invoker', c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where relkind = 'v' and nspname !~ '^pg_' and nspname <> 'information_schema'
    and not coalesce(reloptions::text ~ 'security_invoker=(true|on|1)', false)
    and not (nspname = 'bi' and relowner = 'headway_bi_views'::regrole)
union all select 'policy of the published views for more than their owner, or for writing', polrelid::regclass::text from pg_policy
  where polname = 'bi' and (polcmd <> 'r' or polroles <> array['headway_bi_views'::regrole::oid] or polqual is null
    or pg_get_expr(polqual, polrelid) not like '(tenant_id =%')
union all select 'the owner of the published views can log in or owns a table', rolname::text from pg_roles r
  where rolname = 'headway_bi_views' and (rolcanlogin or rolsuper or rolbypassrls or exists (select from tables where relowner = r.oid))
union all select 'readers of the published views reach a table', t.full_name from tables t
  where has_table_privilege('headway_bi', t.oid, 'select,insert,update,delete')
union all select 'materialized view', oid::regclass::text from pg_class where relkind = 'm'
union all select 'security definer function the app may call', p.oid::regprocedure::text
  from pg_proc p join pg_namespace n on n.oid = pronamespace
  where prosecdef and nspname !~ '^pg_' and has_function_privilege('headway_app', p.oid, 'execute')
union all select 'immutable function that reads app.tenant', oid::regprocedure::text from pg_proc where provolatile = 'i' and prosrc ~ 'app\\.tenant'
union all select 'the app is too mighty', rolname::text from pg_roles where rolname = 'headway_app'
  and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
union all select 'the app owns a table', name from own where pg_has_role('headway_app', relowner, 'member')
union all select 'the owner bypasses row-level security', rolname::text from pg_roles where rolname = 'headway_owner' and (rolsuper or rolbypassrls)
union all select 'the app may truncate, reference or trigger', name from own
  where has_table_privilege('headway_app', oid, 'truncate') or has_table_privilege('headway_app', oid, 'references')
    or has_table_privilege('headway_app', oid, 'trigger')
union all select 'somebody else may read or write', name from own
  where has_table_privilege('public', oid, 'select') or has_table_privilege('public', oid, 'insert')
    or has_table_privilege('public', oid, 'update') or has_table_privilege('public', oid, 'delete')
order by 1, 2`

/** What is wrong with the tenancy of the database, rule by rule; nothing, it is to be hoped. */
export const lintTenancy = async (client: ClientBase): Promise<Defect[]> =>
  (await client.query<Defect>(text, [withoutTenant, canonical, withoutPolicy, canonicalCheck])).rows
