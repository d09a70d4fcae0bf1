-- Baseline of the registration benchmark: the smallest honest schema that enrols, audits and tells. Variable: students.
SET client_min_messages = warning;
DROP TABLE IF EXISTS enrollments, outbox, audit, sections, students CASCADE;
CREATE TABLE students (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO students SELECT i, 'Student ' || i FROM generate_series(1, :students) i;
CREATE TABLE sections (id int PRIMARY KEY, code text NOT NULL, capacity int NOT NULL,
                       taken int NOT NULL DEFAULT 0, CHECK (taken <= capacity)) WITH (fillfactor = 50);
INSERT INTO sections (id, code, capacity) SELECT i, 'S-' || i, 100000000 FROM generate_series(1, 2001) i;
CREATE TABLE enrollments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                          student_id int NOT NULL REFERENCES students, section_id int NOT NULL REFERENCES sections,
                          created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (student_id, section_id));
CREATE INDEX ON enrollments (section_id);
CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, payload jsonb NOT NULL);
CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, actor text NOT NULL, action text NOT NULL,
                    student_id int, section_id int, at timestamptz NOT NULL DEFAULT now());
DROP SEQUENCE IF EXISTS next_student;
CREATE SEQUENCE next_student;
VACUUM ANALYZE;
