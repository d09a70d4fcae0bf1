-- Everything that deciding commands of one term needs, in one round trip and as the text of one JSON document. Moves data; holds no
-- rule. Takes the term's lock first: whoever holds it decides alone until the end of the transaction.
-- `offering_terms` are the codes of the terms that the references with `offering_codes` name, NULL for this one.
-- `= ANY (array)` rather than a join of unnest(): under row-level security the join would lose the index.
CREATE FUNCTION registration_load(
    institution uuid, term uuid, students uuid[], offering_ids uuid[], offering_codes text[], offering_terms text[]
) RETURNS text LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    locked bigint;
    own_codes text[];
    wanted uuid[];
    enrolled uuid[];
    involved uuid[];
BEGIN
    SELECT t.next_number INTO locked FROM term_registrations t
     WHERE t.institution_id = institution AND t.term_id = term FOR UPDATE;
    IF locked IS NULL THEN
        RETURN NULL;
    END IF;

    SELECT coalesce(array_agg(x.code), '{}') INTO own_codes
      FROM unnest(offering_codes, offering_terms) AS x (code, term_code)
     WHERE x.term_code IS NULL
        OR x.term_code = (SELECT t.code FROM terms t WHERE t.institution_id = institution AND t.id = term);
    SELECT coalesce(array_agg(o.id), '{}') INTO wanted FROM offerings o
     WHERE o.institution_id = institution AND o.term_id = term
       AND (o.id = ANY (offering_ids) OR o.code = ANY (own_codes));
    SELECT coalesce(array_agg(e.id), '{}') INTO enrolled FROM enrollments e
     WHERE e.institution_id = institution AND e.student_id = ANY (students) AND e.term_id = term
       AND e.status = 'enrolled';
    SELECT coalesce(array_agg(s.id), '{}') INTO involved FROM (
        SELECT id FROM sections WHERE institution_id = institution AND offering_id = ANY (wanted)
        UNION
        SELECT section_id FROM enrollment_sections
         WHERE institution_id = institution AND enrollment_id = ANY (enrolled)) AS s (id);

    RETURN json_build_object(
        'next_number', locked,
        'term', (SELECT row_to_json(t) FROM terms t WHERE t.institution_id = institution AND t.id = term),
        'holds', (SELECT json_agg(json_build_array(
                      h.id, h.student_id, h.blocks, h.office, h.reason, h.placed_at)) FROM holds h
                   WHERE h.institution_id = institution AND h.student_id = ANY (students) AND h.released_at IS NULL),
        'enrollments', (SELECT json_agg(json_build_array(
                      e.id, e.student_id, e.offering_id, e.course_id, e.credits::text, e.number, e.enrolled_at,
                      (SELECT json_agg(json_build_array(t.section_id, t.component_id, t.seat_no) ORDER BY t.section_id)
                         FROM enrollment_sections t
                        WHERE t.institution_id = institution AND t.enrollment_id = e.id)) ORDER BY e.number)
                    FROM enrollments e WHERE e.institution_id = institution AND e.id = ANY (enrolled)),
        'offerings', (SELECT json_agg(json_build_array(
                      o.id, o.course_id, o.code, c.credits::text,
                      (SELECT json_agg(json_build_array(
                           k.id, k.name,
                           (SELECT json_agg(json_build_array(p.id, p.name, p.kind) ORDER BY p.position)
                              FROM components p
                             WHERE p.institution_id = institution AND p.configuration_id = k.id)) ORDER BY k.position)
                         FROM configurations k WHERE k.institution_id = institution AND k.offering_id = o.id)))
                    FROM offerings o JOIN courses c ON c.institution_id = institution AND c.id = o.course_id
                   WHERE o.institution_id = institution AND o.id = ANY (wanted)),
        'sections', (SELECT json_agg(json_build_array(
                      s.id, s.offering_id, s.component_id, s.code, s.capacity, s.status, s.parent_id,
                      (SELECT json_agg(json_build_array(
                           m.weekdays, m.starts_at, m.ends_at, m.weeks, m.first_date, m.last_date, m.room_id)
                           ORDER BY m.position)
                         FROM meetings m WHERE m.institution_id = institution AND m.section_id = s.id)) ORDER BY s.code)
                    FROM sections s WHERE s.institution_id = institution AND s.id = ANY (involved)),
        'seating', (SELECT json_agg(json_build_array(g.section_id, g.next_seat, g.last_seat, g.seats, g.freed))
                    FROM section_seating g WHERE g.institution_id = institution AND g.section_id = ANY (involved))
    )::text;
END $$
