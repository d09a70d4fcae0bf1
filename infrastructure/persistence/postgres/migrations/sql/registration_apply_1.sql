-- Stores the effects of decided commands, set-wise and in one round trip. Moves data; holds no rule.
-- New seats come first, then seats are given back, then taken (so a freed one can be taken), then removed.
CREATE FUNCTION registration_apply(
    institution uuid, term uuid, following_number bigint,
    e_id uuid[], e_student uuid[], e_offering uuid[], e_course uuid[], e_credits numeric[], e_number bigint[],
    e_enrolled_at timestamptz[], e_dropped_at timestamptz[],
    t_enrollment uuid[], t_section uuid[], t_component uuid[], t_student uuid[], t_status text[], t_seat int[],
    t_unlimited boolean[],
    d_id uuid[], d_at timestamptz[],
    added_section uuid[], added_seat int[], removed_section uuid[], removed_seat int[],
    g_section uuid[], g_next int[], g_last int[], g_seats int[], g_freed text[]
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    INSERT INTO seats (institution_id, section_id, seat_no)
    SELECT institution, x.section, x.seat FROM unnest(added_section, added_seat) AS x (section, seat);

    -- One statement: the status of an enrollment and of its sections is tied by a foreign key.
    WITH dropped AS (
        UPDATE enrollments e SET status = 'dropped', dropped_at = x.at
          FROM unnest(d_id, d_at) AS x (id, at)
         WHERE e.institution_id = institution AND e.id = x.id AND e.id = ANY (d_id))
    UPDATE enrollment_sections t SET status = 'dropped', seat_no = NULL, unlimited = NULL
     WHERE t.institution_id = institution AND t.enrollment_id = ANY (d_id);

    INSERT INTO enrollments (institution_id, id, student_id, term_id, offering_id, course_id, status, credits, number,
                             enrolled_at, dropped_at)
    SELECT institution, x.id, x.student, term, x.offering, x.course,
           CASE WHEN x.dropped_at IS NULL THEN 'enrolled' ELSE 'dropped' END, x.credits, x.number, x.enrolled_at,
           x.dropped_at
      FROM unnest(e_id, e_student, e_offering, e_course, e_credits, e_number, e_enrolled_at, e_dropped_at)
           AS x (id, student, offering, course, credits, number, enrolled_at, dropped_at);

    INSERT INTO enrollment_sections (institution_id, enrollment_id, section_id, component_id, student_id, term_id,
                                     status, seat_no, unlimited)
    SELECT institution, x.enrollment, x.section, x.component, x.student, term, x.status, x.seat, x.unlimited
      FROM unnest(t_enrollment, t_section, t_component, t_student, t_status, t_seat, t_unlimited)
           AS x (enrollment, section, component, student, status, seat, unlimited);

    DELETE FROM seats s USING unnest(removed_section, removed_seat) AS x (section, seat)
     WHERE s.institution_id = institution AND s.section_id = ANY (removed_section)
       AND s.section_id = x.section AND s.seat_no = x.seat;

    UPDATE section_seating g SET next_seat = x.next, last_seat = x.last, seats = x.seats, freed = x.freed::int[]
      FROM unnest(g_section, g_next, g_last, g_seats, g_freed) AS x (section, next, last, seats, freed)
     WHERE g.institution_id = institution AND g.section_id = ANY (g_section) AND g.section_id = x.section;

    UPDATE term_registrations t SET next_number = following_number
     WHERE t.institution_id = institution AND t.term_id = term;
END $$
