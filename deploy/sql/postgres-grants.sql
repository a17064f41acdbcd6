-- Grants the least rights of the SQL sinks on a PostgreSQL server, to two roles:
--
--   tickets_setup   creates the tables and owns them: the first run, and the first one after a schema has grown, are run as this role
--   tickets_writer  writes to tables that are there: every other run
--
-- Put your names in place of `support` (the database, and the schema in it), `tickets` (the table of the sink) and the two roles, and create the roles first:
--   CREATE ROLE tickets_writer LOGIN PASSWORD '…';
-- TLS is asked for in pg_hba.conf:
--   hostssl support tickets_setup,tickets_writer all scram-sha-256
-- Run this file in the database before the first run, and again after each run as tickets_setup: a right is granted only on a table that is there.

-- By default every role may connect to a database, and make temporary tables in it.
REVOKE ALL ON DATABASE support FROM PUBLIC;
GRANT CONNECT ON DATABASE support TO tickets_setup, tickets_writer;

-- CREATE makes tables, and whoever makes a table may write to it.
GRANT USAGE, CREATE ON SCHEMA support TO tickets_setup;
GRANT USAGE ON SCHEMA support TO tickets_writer;

DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT tablename AS name, CASE
      -- How far the table is written. UPDATE moves that on with each range.
      WHEN tablename = '_tickets_guard' THEN 'SELECT, INSERT, UPDATE'
      -- Which log writes to the table. The run as tickets_setup enters it; add INSERT where a new log is to begin without one.
      -- Nothing is changed there: UPDATE is what the server wants for SELECT … FOR UPDATE.
      WHEN tablename = '_tickets_owner' THEN 'SELECT, UPDATE'
      -- What is staged, and its rows, whose table is named after its columns. Both are deleted once they are in the table.
      WHEN tablename = '_tickets_staged' OR tablename LIKE '\_tickets\_rows\_%' THEN 'SELECT, INSERT, DELETE'
      -- The rows. SELECT and UPDATE are for a sink with a `key`, whose rows replace others; INSERT is enough without one.
      -- With mode: 'overwrite', add SELECT and DELETE here, and DELETE on _tickets_guard.
      WHEN tablename = 'tickets' THEN 'SELECT, INSERT, UPDATE'
    END AS rights
    FROM pg_tables WHERE schemaname = 'support'
  LOOP
    IF found.rights IS NOT NULL THEN
      EXECUTE format('GRANT %s ON TABLE support.%I TO tickets_writer', found.rights, found.name);
    END IF;
  END LOOP;
END
$$;
