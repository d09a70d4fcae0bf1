-- Puts the hints of a term where they belong, from the seats that there are and those that are taken; a limited section
-- without a seat has hints too. Seats that permissions added use up their numbers, and count for nothing else.
CREATE FUNCTION registration_recount(institution uuid, term uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM term_registrations t WHERE t.institution_id = institution AND t.term_id = term FOR UPDATE;
    UPDATE section_seating g SET
        next_seat = truth.last_number + 1, last_seat = truth.last_number, seats = truth.counted,
        freed = truth.open_seats, pools = coalesce(truth.pools, '{}')
      FROM (SELECT c.id AS section_id,
                   (count(s.seat_no) FILTER (WHERE s.permission_id IS NULL))::int AS counted,
                   coalesce(max(s.seat_no), 0) AS last_number,
                   coalesce(array_agg(s.seat_no ORDER BY s.seat_no)
                       FILTER (WHERE s.seat_no IS NOT NULL AND s.permission_id IS NULL AND t.seat_no IS NULL),
                       '{}') AS open_seats,
                   (SELECT jsonb_object_agg(p.pool, p.taken)
                      FROM (SELECT x.pool, count(*) AS taken FROM enrollment_sections x
                             WHERE x.institution_id = institution AND x.section_id = c.id AND x.pool IS NOT NULL
                               AND x.until_at IS NULL
                             GROUP BY x.pool) AS p) AS pools
              FROM sections c
              LEFT JOIN seats s ON s.institution_id = c.institution_id AND s.section_id = c.id
              LEFT JOIN enrollment_sections t ON t.institution_id = s.institution_id AND t.section_id = s.section_id
                                             AND t.seat_no = s.seat_no
             WHERE c.institution_id = institution AND c.term_id = term AND c.capacity IS NOT NULL
             GROUP BY c.id) AS truth
     WHERE g.institution_id = institution AND g.section_id = truth.section_id;
END $$
