-- What deciding commands of one term needs and registration itself or its offices change, in one round trip, as arrays: those
-- that begin with the same letters belong together. Moves data; holds no rule. Takes the term's lock first, if asked to:
-- whoever holds it decides alone until the end of the transaction. `version` is that of the static facts, which
-- `registration_statics` loads.
--
-- `answer_subjects` and `answer_names` are the keys under which an answer may have been kept. `counting` are the codes of
-- the courses at which attempts count, as far as the caller can tell before it knows what there is in `known`.
--
-- `own_enrollments` are those that the commands change, `offering_terms` the codes of the terms that the references with
-- `offering_codes` name (NULL: this one), `revised` are the sections that get a new state. `wanted` grows into the
-- offerings whose queues may move, `people` into everybody whose facts count, `known` are the offerings looked at.
-- `= ANY (array)` rather than a join of unnest(): under row-level security the join would lose the index.
CREATE FUNCTION registration_load(
    institution uuid, term uuid, locking boolean, INOUT people uuid[], own_enrollments uuid[],
    offering_ids uuid[], offering_codes text[], offering_terms text[], revised uuid[], every_queue boolean,
    answer_subjects text[], answer_names text[], counting text[],
    OUT version bigint, OUT following bigint, OUT known uuid[], OUT holds text, OUT permissions text, OUT entries text,
    OUT student_ids uuid[], OUT student_programs uuid[], OUT student_levels int[], OUT student_maxima numeric[],
    OUT student_minima numeric[], OUT student_program_codes text[], OUT student_department_codes text[],
    OUT score_students uuid[], OUT score_tests text[], OUT score_scores numeric[],
    OUT ticket_students uuid[], OUT ticket_ids uuid[],
    OUT attempt_students uuid[], OUT attempt_courses text[], OUT attempt_terms text[], OUT attempt_grades text[],
    OUT attempt_schemes uuid[], OUT attempt_passed boolean[], OUT attempt_in_progress boolean[],
    OUT attempt_transfer boolean[],
    OUT enrollment_ids uuid[], OUT enrollment_students uuid[], OUT enrollment_offerings uuid[],
    OUT enrollment_courses uuid[], OUT enrollment_credits numeric[], OUT enrollment_bases text[],
    OUT enrollment_numbers bigint[], OUT enrollment_moments timestamptz[],
    OUT stay_enrollments uuid[], OUT stay_sections uuid[], OUT stay_components uuid[], OUT stay_seats int[],
    OUT stay_pools text[],
    OUT permitted_sections uuid[], OUT permitted_seats int[], OUT permitted_by uuid[],
    OUT seating_sections uuid[], OUT seating_next int[], OUT seating_last int[], OUT seating_seats int[],
    OUT seating_freed text[], OUT seating_pools text[],
    OUT kept_subjects text[], OUT kept_names text[], OUT kept_digests text[], OUT kept_answers text[]
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    own_codes text[];
    wanted uuid[];
    grown uuid[];
    queue uuid[];
    waiting uuid[];
    swapping uuid[];
BEGIN
    IF locking THEN
        SELECT t.next_number, t.facts_version INTO following, version FROM term_registrations t
         WHERE t.institution_id = institution AND t.term_id = term FOR UPDATE;
    ELSE
        SELECT t.next_number, t.facts_version INTO following, version FROM term_registrations t
         WHERE t.institution_id = institution AND t.term_id = term;
    END IF;
    IF following IS NULL THEN
        RETURN;
    END IF;

    IF answer_names <> '{}' THEN
        SELECT array_agg(k.subject), array_agg(k.key), array_agg(k.digest), array_agg(k.answer::text)
          INTO kept_subjects, kept_names, kept_digests, kept_answers
          FROM idempotency_keys k
         WHERE k.institution_id = institution AND k.term_id = term AND k.subject = ANY (answer_subjects)
           AND k.key = ANY (answer_names);
    END IF;

    wanted := offering_ids;
    IF offering_codes <> '{}' THEN
        SELECT coalesce(array_agg(x.code), '{}') INTO own_codes
          FROM unnest(offering_codes, offering_terms) AS x (code, term_code)
         WHERE x.term_code IS NULL
            OR x.term_code = (SELECT t.code FROM terms t WHERE t.institution_id = institution AND t.id = term);
        wanted := wanted || ARRAY (
            SELECT o.id FROM offerings o
             WHERE o.institution_id = institution AND o.term_id = term AND o.code = ANY (own_codes));
    END IF;
    IF own_enrollments <> '{}' THEN
        wanted := wanted || ARRAY (
            SELECT e.offering_id FROM enrollments e
             WHERE e.institution_id = institution AND e.id = ANY (own_enrollments) AND e.term_id = term
               AND e.student_id = ANY (people) AND e.status = 'enrolled');
    END IF;
    IF revised <> '{}' THEN
        wanted := wanted || ARRAY (
            SELECT s.offering_id FROM sections s
             WHERE s.institution_id = institution AND s.id = ANY (revised) AND s.term_id = term);
        people := people || ARRAY (
            SELECT t.student_id FROM enrollment_sections t
             WHERE t.institution_id = institution AND t.section_id = ANY (revised) AND t.term_id = term
               AND t.until_at IS NULL);
    END IF;
    wanted := wanted || ARRAY (
        SELECT w.offering_id FROM waitlist_entries w
         WHERE w.institution_id = institution AND w.student_id = ANY (people) AND w.term_id = term
           AND w.status = 'waiting');
    IF every_queue THEN
        wanted := wanted || ARRAY (
            SELECT w.offering_id FROM waitlist_entries w
             WHERE w.institution_id = institution AND w.term_id = term AND w.status = 'waiting');
    END IF;

    -- Whoever is promoted may drop something else, whose queue moves then; and may come to fit another queue, by what
    -- is dropped or because the course there asks for others beside it.
    LOOP
        SELECT coalesce(array_agg(w.id), '{}'), coalesce(array_agg(w.student_id), '{}'),
               coalesce(array_agg(w.student_id) FILTER (WHERE w.drop_if_enrolled IS NOT NULL), '{}')
          INTO queue, waiting, swapping
          FROM waitlist_entries w
         WHERE w.institution_id = institution AND w.offering_id = ANY (wanted) AND w.term_id = term
           AND w.status = 'waiting';
        EXIT WHEN queue = '{}';
        grown := ARRAY (
            SELECT e.offering_id FROM enrollments e
             WHERE e.institution_id = institution AND e.term_id = term AND e.status = 'enrolled'
               AND e.id = ANY (ARRAY (SELECT w.drop_if_enrolled FROM waitlist_entries w
                                       WHERE w.institution_id = institution AND w.id = ANY (queue)))
             UNION
            SELECT w.offering_id FROM waitlist_entries w
             WHERE w.institution_id = institution AND w.student_id = ANY (waiting) AND w.term_id = term
               AND w.status = 'waiting'
               AND (w.student_id = ANY (swapping)
                    OR EXISTS (SELECT FROM courses c WHERE c.institution_id = institution AND c.id = w.course_id
                                                       AND c.corequisite IS NOT NULL)));
        EXIT WHEN grown <@ wanted;
        wanted := wanted || grown;
    END LOOP;
    people := people || waiting;

    SELECT array_agg(e.id), array_agg(e.student_id), array_agg(e.offering_id), array_agg(e.course_id),
           array_agg(e.credits), array_agg(e.grading_basis), array_agg(e.number), array_agg(e.enrolled_at)
      INTO enrollment_ids, enrollment_students, enrollment_offerings, enrollment_courses, enrollment_credits,
           enrollment_bases, enrollment_numbers, enrollment_moments
      FROM enrollments e
     WHERE e.institution_id = institution AND e.student_id = ANY (people) AND e.term_id = term
       AND e.status = 'enrolled';
    IF enrollment_ids IS NOT NULL THEN
        SELECT array_agg(t.enrollment_id), array_agg(t.section_id), array_agg(t.component_id), array_agg(t.seat_no),
               array_agg(t.pool)
          INTO stay_enrollments, stay_sections, stay_components, stay_seats, stay_pools
          FROM enrollment_sections t
         WHERE t.institution_id = institution AND t.enrollment_id = ANY (enrollment_ids) AND t.until_at IS NULL;
        -- Few seats stand for a permission: looked up by section, not seat by seat.
        SELECT array_agg(s.section_id), array_agg(s.seat_no), array_agg(s.permission_id)
          INTO permitted_sections, permitted_seats, permitted_by
          FROM seats s
         WHERE s.institution_id = institution AND s.section_id = ANY (stay_sections) AND s.permission_id IS NOT NULL;
    END IF;
    known := wanted || enrollment_offerings;

    SELECT array_agg(u.id), array_agg(u.program_id), array_agg(u.class_level), array_agg(u.credit_maximum),
           array_agg(u.credit_minimum), array_agg(p.code), array_agg(d.code)
      INTO student_ids, student_programs, student_levels, student_maxima, student_minima, student_program_codes,
           student_department_codes
      FROM students u
      LEFT JOIN programs p ON p.institution_id = u.institution_id AND p.id = u.program_id
      LEFT JOIN departments d ON d.institution_id = p.institution_id AND d.id = p.department_id
     WHERE u.institution_id = institution AND u.id = ANY (people);
    SELECT array_agg(x.student_id ORDER BY x.student_id, x.position), array_agg(x.test ORDER BY x.student_id, x.position),
           array_agg(x.score ORDER BY x.student_id, x.position)
      INTO score_students, score_tests, score_scores
      FROM test_scores x WHERE x.institution_id = institution AND x.student_id = ANY (people);
    SELECT array_agg(u.student_id), array_agg(u.time_ticket_id) INTO ticket_students, ticket_ids
      FROM time_ticket_students u
     WHERE u.institution_id = institution AND u.student_id = ANY (people)
       AND u.time_ticket_id = ANY (ARRAY (SELECT k.id FROM time_tickets k
                                           WHERE k.institution_id = institution AND k.term_id = term));
    holds := (SELECT json_agg(json_build_array(
                  h.id, h.student_id, h.blocks, h.office, h.reason, h.placed_at) ORDER BY h.placed_at, h.id)
                FROM holds h
               WHERE h.institution_id = institution AND h.student_id = ANY (people) AND h.released_at IS NULL);
    permissions := (SELECT json_agg(json_build_array(
                  p.id, p.student_id, p.offering_id, p.section_id, p.codes, p.issuer, p.reason, p.given_at,
                  p.expires_at) ORDER BY p.given_at, p.id)
                FROM permissions p
               WHERE p.institution_id = institution AND p.student_id = ANY (people) AND p.term_id = term
                 AND p.revoked_at IS NULL);
    SELECT * INTO attempt_students, attempt_courses, attempt_terms, attempt_grades, attempt_schemes, attempt_passed,
                  attempt_in_progress, attempt_transfer
      FROM registration_attempts(institution, people, counting);
    IF queue <> '{}' THEN
        entries := (SELECT json_agg(json_build_array(
                      w.id, w.enrollment_id, w.student_id, w.offering_id, w.course_id, w.grading_basis, w.number,
                      w.joined_at, w.priority, w.drop_if_enrolled, w.skipped,
                      ARRAY (SELECT x.section_id FROM waitlist_entry_sections x
                              WHERE x.institution_id = institution AND x.entry_id = w.id ORDER BY x.position))
                      ORDER BY w.priority, w.number)
                    FROM waitlist_entries w WHERE w.institution_id = institution AND w.id = ANY (queue));
    END IF;
    SELECT array_agg(g.section_id), array_agg(g.next_seat), array_agg(g.last_seat), array_agg(g.seats),
           array_agg(g.freed::text), array_agg(g.pools::text)
      INTO seating_sections, seating_next, seating_last, seating_seats, seating_freed, seating_pools
      FROM section_seating g
     WHERE g.institution_id = institution
       AND g.section_id = ANY (ARRAY (SELECT s.id FROM sections s
                                       WHERE s.institution_id = institution AND s.offering_id = ANY (wanted)
                                         AND s.term_id = term));
END $$
