-- The static facts of offerings and, if asked for, of their term, as the text of one JSON document. What changes them raises
-- the version that `registration_load` answers. Of the students whom a ticket names one stands for all.
CREATE FUNCTION registration_statics(institution uuid, term uuid, named uuid[], of_term boolean)
RETURNS text LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    about_term json;
BEGIN
    IF of_term THEN
        about_term := json_build_object(
            'term', (SELECT row_to_json(t) FROM terms t WHERE t.institution_id = institution AND t.id = term),
            'sessions', (SELECT json_agg(json_build_array(
                          s.code, s.name, s.starts_on, s.ends_on, s.add_deadline, s.drop_deadline, s.withdrawal_deadline)
                          ORDER BY s.position)
                        FROM sessions s WHERE s.institution_id = institution AND s.term_id = term),
            'credit_limits', (SELECT json_agg(json_build_array(
                          l.class_level, l.credit_maximum::text, l.credit_minimum::text) ORDER BY l.class_level)
                        FROM term_credit_limits l WHERE l.institution_id = institution AND l.term_id = term),
            'tickets', (SELECT json_agg(json_build_array(
                          k.id, k.name, k.class_levels, k.opens_at, k.closes_at,
                          ARRAY (SELECT p.program_id FROM time_ticket_programs p
                                  WHERE p.institution_id = institution AND p.time_ticket_id = k.id
                                  ORDER BY p.program_id),
                          ARRAY (SELECT u.student_id FROM time_ticket_students u
                                  WHERE u.institution_id = institution AND u.time_ticket_id = k.id
                                  ORDER BY u.student_id LIMIT 1))
                          ORDER BY k.opens_at, k.id)
                        FROM time_tickets k WHERE k.institution_id = institution AND k.term_id = term),
            'schemes', (SELECT json_agg(json_build_array(g.id, g.code, g.name, g.grades, g.scale))
                        FROM grading_schemes g WHERE g.institution_id = institution));
    END IF;
    RETURN json_build_object(
        'of_term', about_term,
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
                    FROM offerings o WHERE o.institution_id = institution AND o.term_id = term AND o.id = ANY (named)),
        'courses', (SELECT json_agg(json_build_array(
                      c.id, c.subject, c.number, c.title, c.description, c.credits::text, c.department_id,
                      c.prerequisite, c.corequisite, c.exclusion, c.grading_bases, c.attempts_maximum, c.repeatable))
                    FROM courses c
                   WHERE c.institution_id = institution
                     AND c.id = ANY (ARRAY (SELECT x.course_id FROM offering_courses x
                                             WHERE x.institution_id = institution AND x.offering_id = ANY (named)))),
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
                    FROM sections s WHERE s.institution_id = institution AND s.term_id = term AND s.offering_id = ANY (named))
    )::text;
END $$
