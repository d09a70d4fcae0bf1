-- Four standing enrollments of every student, in fillers of four blocks. Variables as in world.sql.
SET session_replication_role = :foreign_keys;
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';

CREATE FUNCTION pg_temp.id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (lpad(to_hex(kind), 8, '0') || '000070008000' || lpad(to_hex(n), 12, '0'))::uuid;

CREATE TEMP TABLE placed AS
SELECT 4 * (i - 1) + k + 1 AS number, pg_temp.id(14, 4 * i + k) AS id, s.id AS student, f.id AS filler,
       (i - 1) / (:fillers / 4) + 1 AS seat
  FROM (SELECT i, pg_temp.id(13, i) AS id FROM generate_series(1, :students) i OFFSET 0) s, generate_series(0, 3) k
  JOIN LATERAL (SELECT k * (:fillers / 4) + (i - 1) % (:fillers / 4) + 1 AS id) f ON true;
CREATE TEMP TABLE fillers AS
SELECT f AS filler, pg_temp.id(9, 100 + f) AS offering, pg_temp.id(7, 100 + f) AS course,
       pg_temp.id(12, 2 * (100 + f)) AS section, pg_temp.id(11, 2 * (100 + f)) AS component
  FROM generate_series(1, :fillers) f;
ANALYZE placed, fillers;

-- The indexes are made at once from all rows, instead of row by row.
UPDATE pg_index SET indisready = false, indisvalid = false
 WHERE indrelid IN ('enrollments'::regclass, 'enrollment_sections'::regclass);
INSERT INTO enrollments (institution_id, id, student_id, term_id, offering_id, course_id, status, credits, grading_basis,
                         number, enrolled_at, ended_at)
SELECT pg_temp.id(1, 1), id, student, pg_temp.id(5, 1), offering, course, 'enrolled', 3, 'graded', number,
       now() - interval '1 day', NULL
  FROM placed JOIN fillers USING (filler);
REINDEX TABLE enrollments;
INSERT INTO enrollment_sections (institution_id, enrollment_id, section_id, since, since_at, until_at, component_id,
                                 student_id, term_id, status, seat_no, unlimited, pool)
SELECT pg_temp.id(1, 1), id, section, number, now() - interval '1 day', NULL, component, student, pg_temp.id(5, 1),
       'enrolled', seat, NULL, NULL
  FROM placed JOIN fillers USING (filler);
REINDEX TABLE enrollment_sections;
VACUUM ANALYZE enrollments, enrollment_sections;
