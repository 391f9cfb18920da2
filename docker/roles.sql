-- Makes the roles and the database; run once, by psql, as an administrator of the server:
--   psql "$ADMIN_URL" -v ON_ERROR_STOP=1 -v owner_password=… -v app_password=… -f docker/roles.sql
-- headway_owner owns and migrates, headway_app serves. Neither can bypass row-level security.
create role headway_owner login password :'owner_password';
create role headway_app login password :'app_password';
-- Groups without a login: the owner of the published views, and their readers.
create role headway_bi_views nologin;
create role headway_bi nologin;
grant headway_bi_views to headway_owner;
create database headway owner headway_owner template template0 encoding 'UTF8';
revoke all on database headway from public;
grant connect on database headway to headway_app, headway_bi;
\connect headway
revoke create on schema public from public;
grant usage, create on schema public to headway_owner;
grant usage on schema public to headway_app;
