-- Everything that deciding commands of one term needs, in one round trip and as the text of one JSON document. Moves data; holds no
-- rule. Takes the term's lock first, if asked to: whoever holds it decides alone until the end of the transaction.
--
-- `own_enrollments` are those that the commands change, `offering_terms` the codes of the terms that the references with
-- `offering_codes` name (NULL: this one), `revised` are the sections that get a new state. `wanted` grows into the
-- offerings whose queues may move, `people` into everybody whose facts count.
-- `= ANY (array)` rather than a join of unnest(): under row-level security the join would lose the index.
CREATE FUNCTION registration_load(
    institution uuid, term uuid, locking boolean, people uuid[], own_enrollments uuid[],
    offering_ids uuid[], offering_codes text[], offering_terms text[], revised uuid[], every_queue boolean
) RETURNS text LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    following bigint;
    own_codes text[];
    wanted uuid[];
    grown uuid[];
    queue uuid[];
    waiting uuid[];
    swapping uuid[];
    enrolled uuid[];
    known uuid[];
    involved uuid[];
BEGIN
    IF locking THEN
        SELECT t.next_number INTO following FROM term_registrations t
         WHERE t.institution_id = institution AND t.term_id = term FOR UPDATE;
    ELSE
        SELECT t.next_number INTO following FROM term_registrations t
         WHERE t.institution_id = institution AND t.term_id = term;
    END IF;
    IF following IS NULL THEN
        RETURN NULL;
    END IF;

    SELECT coalesce(array_agg(x.code), '{}') INTO own_codes
      FROM unnest(offering_codes, offering_terms) AS x (code, term_code)
     WHERE x.term_code IS NULL
        OR x.term_code = (SELECT t.code FROM terms t WHERE t.institution_id = institution AND t.id = term);
    SELECT coalesce(array_agg(o.id), '{}') INTO wanted FROM offerings o
     WHERE o.institution_id = institution AND o.term_id = term
       AND (o.id = ANY (offering_ids) OR o.code = ANY (own_codes));
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
         WHERE w.institution_id = institution AND w.offering_id = ANY (wanted) AND w.status = 'waiting';
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

    SELECT coalesce(array_agg(e.id), '{}'), wanted || coalesce(array_agg(e.offering_id), '{}') INTO enrolled, known
      FROM enrollments e
     WHERE e.institution_id = institution AND e.student_id = ANY (people) AND e.term_id = term
       AND e.status = 'enrolled';
    SELECT coalesce(array_agg(s.id), '{}') INTO involved FROM (
        SELECT id FROM sections WHERE institution_id = institution AND offering_id = ANY (wanted)
        UNION
        SELECT section_id FROM enrollment_sections
         WHERE institution_id = institution AND enrollment_id = ANY (enrolled) AND until_at IS NULL) AS s (id);

    RETURN json_build_object(
        'next_number', following,
        'people', people,
        'term', (SELECT row_to_json(t) FROM terms t WHERE t.institution_id = institution AND t.id = term),
        'sessions', (SELECT json_agg(json_build_array(
                      s.code, s.name, s.starts_on, s.ends_on, s.add_deadline, s.drop_deadline, s.withdrawal_deadline)
                      ORDER BY s.position)
                    FROM sessions s WHERE s.institution_id = institution AND s.term_id = term),
        'credit_limits', (SELECT json_agg(json_build_array(
                      l.class_level, l.credit_maximum::text, l.credit_minimum::text) ORDER BY l.class_level)
                    FROM term_credit_limits l WHERE l.institution_id = institution AND l.term_id = term),
        -- Of the students whom a ticket names only those whose facts count, or some other one where it names none of
        -- them: that there are tickets counts for everybody.
        'tickets', (SELECT json_agg(json_build_array(
                      k.id, k.name, k.class_levels, k.opens_at, k.closes_at,
                      ARRAY (SELECT p.program_id FROM time_ticket_programs p
                              WHERE p.institution_id = institution AND p.time_ticket_id = k.id ORDER BY p.program_id),
                      coalesce(
                          (SELECT array_agg(u.student_id ORDER BY u.student_id) FROM time_ticket_students u
                            WHERE u.institution_id = institution AND u.time_ticket_id = k.id
                              AND u.student_id = ANY (people)),
                          ARRAY (SELECT u.student_id FROM time_ticket_students u
                                  WHERE u.institution_id = institution AND u.time_ticket_id = k.id
                                  ORDER BY u.student_id LIMIT 1)))
                      ORDER BY k.opens_at, k.id)
                    FROM time_tickets k WHERE k.institution_id = institution AND k.term_id = term),
        'students', (SELECT json_agg(json_build_array(
                      u.id, u.program_id, u.class_level, u.credit_maximum::text, u.credit_minimum::text,
                      (SELECT json_agg(json_build_array(x.test, x.score::text) ORDER BY x.position)
                         FROM test_scores x WHERE x.institution_id = institution AND x.student_id = u.id),
                      p.code, d.code))
                    FROM students u
                    LEFT JOIN programs p ON p.institution_id = u.institution_id AND p.id = u.program_id
                    LEFT JOIN departments d ON d.institution_id = p.institution_id AND d.id = p.department_id
                   WHERE u.institution_id = institution AND u.id = ANY (people)),
        'holds', (SELECT json_agg(json_build_array(
                      h.id, h.student_id, h.blocks, h.office, h.reason, h.placed_at) ORDER BY h.placed_at, h.id)
                    FROM holds h
                   WHERE h.institution_id = institution AND h.student_id = ANY (people) AND h.released_at IS NULL),
        'permissions', (SELECT json_agg(json_build_array(
                      p.id, p.student_id, p.offering_id, p.section_id, p.codes, p.issuer, p.reason, p.given_at,
                      p.expires_at) ORDER BY p.given_at, p.id)
                    FROM permissions p
                   WHERE p.institution_id = institution AND p.student_id = ANY (people) AND p.term_id = term
                     AND p.revoked_at IS NULL),
        'attempts', (SELECT json_agg(json_build_array(
                      a.student_id, c.code, a.term, a.grade, a.scheme_id, a.passed, a.in_progress, a.transfer)
                      ORDER BY a.term, a.id)
                    FROM course_attempts a
                    JOIN courses c ON c.institution_id = a.institution_id AND c.id = a.course_id
                   WHERE a.institution_id = institution AND a.student_id = ANY (people)),
        'schemes', (SELECT json_agg(json_build_array(g.id, g.code, g.name, g.grades, g.scale))
                    FROM grading_schemes g
                   WHERE g.institution_id = institution
                     AND g.id = ANY (ARRAY (SELECT DISTINCT a.scheme_id FROM course_attempts a
                                             WHERE a.institution_id = institution AND a.student_id = ANY (people)))),
        'enrollments', (SELECT json_agg(json_build_array(
                      e.id, e.student_id, e.offering_id, e.course_id, e.credits::text, e.grading_basis, e.number,
                      e.enrolled_at,
                      (SELECT json_agg(json_build_array(
                           t.section_id, t.component_id, t.seat_no, t.pool,
                           (SELECT s.permission_id FROM seats s
                             WHERE s.institution_id = institution AND s.section_id = t.section_id
                               AND s.seat_no = t.seat_no)) ORDER BY t.section_id)
                         FROM enrollment_sections t
                        WHERE t.institution_id = institution AND t.enrollment_id = e.id AND t.until_at IS NULL))
                      ORDER BY e.number)
                    FROM enrollments e WHERE e.institution_id = institution AND e.id = ANY (enrolled)),
        'entries', (SELECT json_agg(json_build_array(
                      w.id, w.enrollment_id, w.student_id, w.offering_id, w.course_id, w.grading_basis, w.number,
                      w.joined_at, w.priority, w.drop_if_enrolled, w.skipped,
                      ARRAY (SELECT x.section_id FROM waitlist_entry_sections x
                              WHERE x.institution_id = institution AND x.entry_id = w.id ORDER BY x.position))
                      ORDER BY w.priority, w.number)
                    FROM waitlist_entries w WHERE w.institution_id = institution AND w.id = ANY (queue)),
        'offerings', (SELECT json_agg(json_build_array(
                      o.id, o.code, o.session, o.class_levels, o.consent,
                      ARRAY (SELECT x.course_id FROM offering_courses x
                              WHERE x.institution_id = institution AND x.offering_id = o.id ORDER BY x.position),
                      ARRAY (SELECT x.program_id FROM offering_programs x
                              WHERE x.institution_id = institution AND x.offering_id = o.id ORDER BY x.program_id),
                      (SELECT json_agg(json_build_array(
                           k.id, k.name,
                           (SELECT json_agg(json_build_array(p.id, p.name, p.kind) ORDER BY p.position)
                              FROM components p
                             WHERE p.institution_id = institution AND p.configuration_id = k.id)) ORDER BY k.position)
                         FROM configurations k WHERE k.institution_id = institution AND k.offering_id = o.id)))
                    FROM offerings o WHERE o.institution_id = institution AND o.id = ANY (known)),
        'courses', (SELECT json_agg(json_build_array(
                      c.id, c.subject, c.number, c.title, c.description, c.credits::text, c.department_id,
                      c.prerequisite, c.corequisite, c.exclusion, c.grading_bases, c.attempts_maximum, c.repeatable))
                    FROM courses c
                   WHERE c.institution_id = institution
                     AND c.id = ANY (ARRAY (SELECT x.course_id FROM offering_courses x
                                             WHERE x.institution_id = institution AND x.offering_id = ANY (known)))),
        'sections', (SELECT json_agg(json_build_array(
                      s.id, s.offering_id, s.component_id, s.code, s.capacity, s.status, s.parent_id,
                      s.waitlist_capacity,
                      (SELECT json_agg(json_build_array(
                           m.weekdays, m.starts_at, m.ends_at, m.weeks, m.first_date, m.last_date, m.room_id)
                           ORDER BY m.position)
                         FROM meetings m WHERE m.institution_id = institution AND m.section_id = s.id),
                      (SELECT json_agg(json_build_array(
                           r.name, r.seats, r.released_at, r.class_levels,
                           ARRAY (SELECT x.program_id FROM reserved_seats_programs x
                                   WHERE x.institution_id = institution AND x.section_id = s.id AND x.name = r.name),
                           ARRAY (SELECT x.student_id FROM reserved_seats_students x
                                   WHERE x.institution_id = institution AND x.section_id = s.id AND x.name = r.name))
                           ORDER BY r.position)
                         FROM reserved_seats r WHERE r.institution_id = institution AND r.section_id = s.id))
                      ORDER BY s.code)
                    FROM sections s WHERE s.institution_id = institution AND s.id = ANY (involved)),
        'seating', (SELECT json_agg(json_build_array(g.section_id, g.next_seat, g.last_seat, g.seats, g.freed))
                    FROM section_seating g WHERE g.institution_id = institution AND g.section_id = ANY (involved)),
        'pools', (SELECT json_agg(json_build_array(p.section_id, p.pool, p.taken))
                    FROM (SELECT t.section_id, t.pool, count(*) AS taken FROM enrollment_sections t
                           WHERE t.institution_id = institution AND t.section_id = ANY (involved)
                             AND t.pool IS NOT NULL AND t.until_at IS NULL
                           GROUP BY t.section_id, t.pool) AS p)
    )::text;
END $$
