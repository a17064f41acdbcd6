-- Grants the least rights of the SQL sinks on a MariaDB server, to two users that may connect with TLS only:
--
--   tickets_setup   creates the tables: the first run, and the first one after a schema has grown, are run as this user
--   tickets_writer  writes to tables that are there: every other run
--
-- Put your names in place of `support` (the database), `tickets` (the table of the sink) and the two users, and create the users first:
--   CREATE USER tickets_writer@'%' IDENTIFIED BY '…';
-- Run this file before the first run, and again after each run as tickets_setup: a right is granted only on a table that is there.
USE support;
ALTER USER tickets_setup@'%' REQUIRE SSL;
ALTER USER tickets_writer@'%' REQUIRE SSL;

-- CREATE makes tables. The other rights are those of a run: this user writes the first rows, and tries on a table what it may refuse.
GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON support.* TO tickets_setup@'%';

DELIMITER //
BEGIN NOT ATOMIC
  FOR found IN (SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()) DO
    SET @rights = CASE
      -- How far the table is written. UPDATE moves that on with each range.
      WHEN found.name = '_tickets_guard' THEN 'SELECT, INSERT, UPDATE'
      -- Which log writes to the table. The run as tickets_setup enters it; add INSERT where a new log is to begin without one.
      WHEN found.name = '_tickets_owner' THEN 'SELECT'
      -- What is staged, and its rows, whose table is named after its columns. Both are deleted once they are in the table.
      WHEN found.name = '_tickets_staged' OR found.name LIKE '\_tickets\_rows\_%' THEN 'SELECT, INSERT, DELETE'
      -- The rows. SELECT and UPDATE are for a sink with a `key`, whose rows replace others; INSERT is enough without one.
      -- With mode: 'overwrite', add DELETE here and on _tickets_guard. In MySQL, add TRIGGER: it alone shows whether a trigger may refuse a row.
      WHEN found.name = 'tickets' THEN 'SELECT, INSERT, UPDATE'
    END;
    IF @rights IS NOT NULL THEN
      EXECUTE IMMEDIATE CONCAT('GRANT ', @rights, ' ON `', found.name, '` TO tickets_writer@''%''');
    END IF;
  END FOR;
END //
DELIMITER ;
