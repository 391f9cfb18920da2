-- Makes the two roles and the database; run once, by psql, as an administrator of the server:
--   psql "$ADMIN_URL" -v ON_ERROR_STOP=1 -v owner_password=… -v app_password=… -f docker/roles.sql
-- headway_owner owns and migrates, headway_app serves. Neither can bypass row-level security.
create role headway_owner login password :'owner_password';
create role headway_app login password :'app_password';
create database headway owner headway_owner template template0 encoding 'UTF8';
revoke all on database headway from public;
grant connect on database headway to headway_app;
\connect headway
revoke create on schema public from public;
grant usage, create on schema public to headway_owner;
grant usage on schema public to headway_app;
