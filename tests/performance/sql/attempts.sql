-- Twelve past attempts of every student, all passed; among them those that the prerequisites ask for. As in world.sql.
SET session_replication_role = :foreign_keys;
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';

CREATE FUNCTION pg_temp.id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (lpad(to_hex(kind), 8, '0') || '000070008000' || lpad(to_hex(n), 12, '0'))::uuid;

-- The indexes are made at once from all rows, instead of row by row.
UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid IN ('course_attempts'::regclass);
INSERT INTO course_attempts (institution_id, id, student_id, course_id, term, credits, grade, scheme_id, passed,
                             in_progress, transfer, version)
SELECT pg_temp.id(1, 1), uuidv7(), s.id, c.id, (2020 + (k - 1) / 4)::text || '-' || (1 + (k - 1) / 2 % 2)::text, 3,
       (ARRAY['A', 'B', 'C'])[1 + (i + k) % 3], pg_temp.id(4, 1), true, false, false, 1
  FROM (SELECT i, pg_temp.id(13, i) AS id FROM generate_series(1, :students) i OFFSET 0) s,
       (SELECT k, pg_temp.id(7, k) AS id FROM generate_series(1, 12) k OFFSET 0) c;
REINDEX TABLE course_attempts;
VACUUM ANALYZE course_attempts;
