-- Four standing enrollments of every student, in fillers of four blocks. Variables as in world.sql.
SET session_replication_role = :foreign_keys;
SET synchronous_commit = off;

CREATE FUNCTION pg_temp.id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (lpad(to_hex(kind), 8, '0') || '000070008000' || lpad(to_hex(n), 12, '0'))::uuid;

INSERT INTO enrollments (institution_id, id, student_id, term_id, offering_id, course_id, status, credits, grading_basis,
                         number, enrolled_at, ended_at)
SELECT pg_temp.id(1, 1), pg_temp.id(14, 4 * i + k), pg_temp.id(13, i), pg_temp.id(5, 1), pg_temp.id(9, 100 + f),
       pg_temp.id(7, 100 + f), 'enrolled', 3, 'graded', 4 * (i - 1) + k + 1, now() - interval '1 day', NULL
  FROM generate_series(1, :students) i, generate_series(0, 3) k,
       LATERAL (SELECT k * (:fillers / 4) + (i - 1) % (:fillers / 4) + 1 AS f) x;
INSERT INTO enrollment_sections (institution_id, enrollment_id, section_id, since, since_at, until_at, component_id,
                                 student_id, term_id, status, seat_no, unlimited, pool)
SELECT pg_temp.id(1, 1), pg_temp.id(14, 4 * i + k), pg_temp.id(12, 2 * (100 + f)), 4 * (i - 1) + k + 1,
       now() - interval '1 day', NULL, pg_temp.id(11, 2 * (100 + f)), pg_temp.id(13, i), pg_temp.id(5, 1), 'enrolled',
       (i - 1) / (:fillers / 4) + 1, NULL, NULL
  FROM generate_series(1, :students) i, generate_series(0, 3) k,
       LATERAL (SELECT k * (:fillers / 4) + (i - 1) % (:fillers / 4) + 1 AS f) x;
