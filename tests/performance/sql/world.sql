-- The product's own tables, filled set-wise by the database's superuser: one institution with a term that is open.
-- Variables: students, pairs (offerings of a lecture with its laboratory), fillers (offerings that students have already,
-- a multiple of 4), hot_seats, pair_seats, filler_seats, foreign_keys (origin checks them row by row, replica trusts).
-- Identifiers are `kind` and a number, so that whoever sends requests can compute them; see world.py.
SET session_replication_role = :foreign_keys;
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';
SET client_min_messages = warning;

CREATE FUNCTION pg_temp.id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (lpad(to_hex(kind), 8, '0') || '000070008000' || lpad(to_hex(n), 12, '0'))::uuid;

INSERT INTO institutions (institution_id, code, name, time_zone, version)
VALUES (pg_temp.id(1, 1), 'bench', 'University of the Benchmark', 'UTC', 1);

INSERT INTO departments (institution_id, id, code, name, version)
VALUES (pg_temp.id(1, 1), pg_temp.id(2, 1), 'SCI', 'Faculty of Sciences', 1);

INSERT INTO programs (institution_id, id, code, name, registry_code, degree, required_credits, department_id, version)
SELECT pg_temp.id(1, 1), pg_temp.id(3, n), 'P-' || n, 'Program ' || n, NULL, 'BSc', 160, pg_temp.id(2, 1), 1
  FROM generate_series(1, 2) n;

INSERT INTO grading_schemes (institution_id, id, code, name, grades, scale, version)
VALUES (pg_temp.id(1, 1), pg_temp.id(4, 1), 'LETTERS', 'Letters', '[
    {"symbol": "A", "passes": true, "points": "4"}, {"symbol": "B", "passes": true, "points": "3"},
    {"symbol": "C", "passes": true, "points": "2"}, {"symbol": "D", "passes": true, "points": "1"},
    {"symbol": "F", "passes": false, "points": "0"}]', NULL, 1);

INSERT INTO terms (institution_id, id, code, name, time_zone, starts_on, ends_on, registration_opens_at,
                   registration_closes_at, add_deadline, drop_deadline, withdrawal_deadline, holidays, credit_maximum,
                   credit_minimum, waitlist_closes_at, in_progress_counts, version)
VALUES (pg_temp.id(1, 1), pg_temp.id(5, 1), 'NOW', 'The term that is open', 'UTC', current_date - 7, current_date + 120,
        now() - interval '7 days', now() + interval '60 days', current_date + 30, current_date + 60, current_date + 90,
        '{}', 18, NULL, NULL, false, 1);
INSERT INTO term_registrations (institution_id, term_id, next_number)
VALUES (pg_temp.id(1, 1), pg_temp.id(5, 1), 4 * :students + 1);

-- Who may register now: second-year students of either program; another ticket opens for the others next month.
INSERT INTO time_tickets (institution_id, id, term_id, name, class_levels, opens_at, closes_at, version)
VALUES (pg_temp.id(1, 1), pg_temp.id(6, 1), pg_temp.id(5, 1), 'Second year', '{2}', now() - interval '1 day',
        now() + interval '50 days', 1),
       (pg_temp.id(1, 1), pg_temp.id(6, 2), pg_temp.id(5, 1), 'First year', '{1}', now() + interval '30 days', NULL, 1);
INSERT INTO time_ticket_programs (institution_id, time_ticket_id, program_id)
SELECT pg_temp.id(1, 1), pg_temp.id(6, 1), pg_temp.id(3, n) FROM generate_series(1, 2) n;

-- Courses by number: 1 to 12 were taken before; then the fillers, the hot one, and those of the pairs.
CREATE TEMP TABLE catalog AS
SELECT n AS course, 'GEN' AS subject, n AS number FROM generate_series(1, 12) n
UNION ALL SELECT 100 + n, 'FIL', n FROM generate_series(1, :fillers) n
UNION ALL SELECT 100000, 'HOT', 1
UNION ALL SELECT 100000 + n, 'UNI', n FROM generate_series(1, :pairs) n;
INSERT INTO courses (institution_id, id, code, subject, number, title, description, credits, department_id, prerequisite,
                     corequisite, exclusion, grading_bases, attempts_maximum, repeatable, version)
SELECT pg_temp.id(1, 1), pg_temp.id(7, course), subject || '-' || number, subject, number::text,
       'Course ' || subject || ' ' || number, 'What is taught in it.', 3, pg_temp.id(2, 1),
       CASE WHEN course >= 100000 THEN '{"kind": "all_of", "parts": [
           {"kind": "course", "course": "GEN-1", "minimum_grade": "C"},
           {"kind": "course", "course": "GEN-2", "minimum_grade": null}]}'::jsonb END,
       NULL, NULL, '{graded,pass_fail,audit}', 3, false, 1
  FROM catalog;

INSERT INTO instructors (institution_id, id, code, name, email, department_id, version)
SELECT pg_temp.id(1, 1), pg_temp.id(8, n), 'T-' || n, 'Teacher ' || n, NULL, pg_temp.id(2, 1), 1
  FROM generate_series(1, 200) n;

CREATE TEMP TABLE taught AS SELECT course, subject, number FROM catalog WHERE subject <> 'GEN';
INSERT INTO offerings (institution_id, id, term_id, course_id, code, session, class_levels, consent, version)
SELECT pg_temp.id(1, 1), pg_temp.id(9, course), pg_temp.id(5, 1), pg_temp.id(7, course), subject || '-' || number, NULL,
       '{}', NULL, 1
  FROM taught;
INSERT INTO offering_courses (institution_id, offering_id, course_id, position)
SELECT pg_temp.id(1, 1), pg_temp.id(9, course), pg_temp.id(7, course), 0 FROM taught;
INSERT INTO configurations (institution_id, id, offering_id, position, name)
SELECT pg_temp.id(1, 1), pg_temp.id(10, course), pg_temp.id(9, course), 0, 'Standard' FROM taught;

-- Components and sections share the number 2 * course for the lecture and 2 * course + 1 for the laboratory.
CREATE TEMP TABLE parts AS
SELECT course, subject, number, 0 AS place, 2 * course AS part FROM taught
UNION ALL SELECT course, subject, number, 1, 2 * course + 1 FROM taught WHERE subject <> 'FIL';
INSERT INTO components (institution_id, id, configuration_id, offering_id, position, name, kind)
SELECT pg_temp.id(1, 1), pg_temp.id(11, part), pg_temp.id(10, course), pg_temp.id(9, course), place,
       CASE place WHEN 0 THEN 'LEC' ELSE 'LAB' END, CASE place WHEN 0 THEN 'lecture' ELSE 'laboratory' END
  FROM parts;

CREATE TEMP TABLE rooms_to_sit AS
SELECT part, course, subject, number, place,
       CASE subject WHEN 'FIL' THEN :filler_seats WHEN 'HOT' THEN :hot_seats ELSE :pair_seats END AS capacity
  FROM parts;
INSERT INTO sections (institution_id, id, term_id, offering_id, component_id, code, capacity, unlimited, status,
                      parent_id, waitlist_capacity, version)
SELECT pg_temp.id(1, 1), pg_temp.id(12, part), pg_temp.id(5, 1), pg_temp.id(9, course), pg_temp.id(11, part),
       subject || '-' || number || '-' || CASE place WHEN 0 THEN 'LEC' ELSE 'LAB' END, capacity, false, 'open',
       CASE place WHEN 1 THEN pg_temp.id(12, part - 1) END, 20, 1
  FROM rooms_to_sit ORDER BY place;
-- The fillers of a student lie in four different blocks, and none on the days of the other sections.
INSERT INTO meetings (institution_id, section_id, position, weekdays, starts_at, ends_at, weeks, first_date, last_date,
                      room_id)
SELECT pg_temp.id(1, 1), pg_temp.id(12, part), 0,
       CASE WHEN subject = 'FIL' THEN '{2,4}'::smallint[] WHEN place = 0 THEN '{1,3}' ELSE '{5}' END,
       make_time(8 + 2 * CASE subject WHEN 'FIL' THEN (number - 1) / (:fillers / 4) ELSE number % 4 END, 0, 0),
       make_time(9 + 2 * CASE subject WHEN 'FIL' THEN (number - 1) / (:fillers / 4) ELSE number % 4 END, 30, 0),
       NULL, NULL, NULL, NULL
  FROM parts;
INSERT INTO section_instructors (institution_id, section_id, instructor_id, position)
SELECT pg_temp.id(1, 1), pg_temp.id(12, part), pg_temp.id(8, 1 + part % 200), 0 FROM parts;
INSERT INTO reserved_seats (institution_id, section_id, name, position, seats, class_levels, released_at)
SELECT pg_temp.id(1, 1), pg_temp.id(12, part), 'Home program', 0, capacity / 2, '{}', NULL
  FROM rooms_to_sit WHERE subject <> 'FIL';
INSERT INTO reserved_seats_programs (institution_id, section_id, name, program_id)
SELECT pg_temp.id(1, 1), pg_temp.id(12, part), 'Home program', pg_temp.id(3, 1)
  FROM rooms_to_sit WHERE subject <> 'FIL';

-- The indexes are made at once from all rows, instead of row by row.
UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid IN ('seats'::regclass, 'students'::regclass);
INSERT INTO seats (institution_id, section_id, seat_no)
SELECT pg_temp.id(1, 1), pg_temp.id(12, part), seat FROM rooms_to_sit, generate_series(1, capacity) seat
 ORDER BY part, seat;
-- The fillers' first seats are taken: student i sits in the filler (i - 1) mod a quarter of them, of each block.
INSERT INTO section_seating (institution_id, section_id, next_seat, last_seat, seats, freed)
SELECT pg_temp.id(1, 1), pg_temp.id(12, part),
       CASE subject WHEN 'FIL' THEN (:students - 1 - (number - 1) % (:fillers / 4) + :fillers / 4) / (:fillers / 4) ELSE 0
       END + 1, capacity, capacity, '{}'
  FROM rooms_to_sit;

INSERT INTO students (institution_id, id, code, given_name, family_name, birthday, email, program_id, class_level,
                      credit_maximum, credit_minimum, version)
SELECT pg_temp.id(1, 1), pg_temp.id(13, i), 'S-' || i, 'Student', i::text, NULL, NULL, pg_temp.id(3, 1 + i % 2), 2, NULL,
       NULL, 1
  FROM generate_series(1, :students) i;

REINDEX TABLE seats;
REINDEX TABLE students;
VACUUM ANALYZE;
