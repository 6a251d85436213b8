-- Run once by the database's administrator: psql -v owner=… -v app=… -v bureau=… -f database-roles.sql
-- No role may bypass row security, and only the owner may change tables; it is used by migrations alone, never by a
-- process that serves. Passwords are given as psql variables so that none stands in a file.
create role shouyuan_owner login nosuperuser nobypassrls nocreatedb nocreaterole password :'owner';
create role shouyuan_app login nosuperuser nobypassrls nocreatedb nocreaterole password :'app';
create role shouyuan_bureau login nosuperuser nobypassrls nocreatedb nocreaterole password :'bureau';
create database shouyuan owner shouyuan_owner encoding 'UTF8' template template0;
revoke all on database shouyuan from public;
grant connect on database shouyuan to shouyuan_app, shouyuan_bureau;
