-- Stores the effects of decided commands, set-wise and in one round trip. Moves data; holds no rule.
-- `effects` names what there is to store; what it does not name is not touched. New seats come first (those that they
-- replace make way), then seats are given back, then taken (so a freed one can be taken, and one can pass from an
-- enrollment to another), then removed.
-- What is written most comes as arrays: those that begin with the same letters belong together.
CREATE FUNCTION registration_apply(
    institution uuid, term uuid, following bigint, effects jsonb,
    enrollment_ids uuid[], enrollment_students uuid[], enrollment_offerings uuid[], enrollment_courses uuid[],
    enrollment_statuses text[], enrollment_credits numeric[], enrollment_bases text[], enrollment_numbers bigint[],
    enrollment_moments timestamptz[], enrollment_ends timestamptz[],
    stay_enrollments uuid[], stay_sections uuid[], stay_components uuid[], stay_students uuid[], stay_statuses text[],
    stay_since bigint[], stay_since_at timestamptz[], stay_until_at timestamptz[], stay_seats int[],
    stay_unlimited boolean[], stay_pools text[]
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    ids uuid[];
BEGIN
    IF effects ? 'permissions' THEN
        INSERT INTO permissions (institution_id, id, student_id, term_id, offering_id, section_id, codes, issuer, reason,
                                 given_at, expires_at, revoked_at, version)
        SELECT institution, x.id, x.student, term, x.offering, x.section, x.codes, x.issuer, x.reason, x.given_at,
               x.expires_at, x.revoked_at, 1
          FROM jsonb_to_recordset(effects -> 'permissions')
               AS x (id uuid, student uuid, offering uuid, section uuid, codes text[], issuer text, reason text,
                     given_at timestamptz, expires_at timestamptz, revoked_at timestamptz);
    END IF;

    IF effects ? 'seats_replaced' THEN
        DELETE FROM seats s USING jsonb_to_recordset(effects -> 'seats_replaced') AS x (section uuid, seat int)
         WHERE s.institution_id = institution AND s.section_id = x.section AND s.seat_no = x.seat;
    END IF;

    IF effects ? 'seats_added' THEN
        INSERT INTO seats (institution_id, section_id, seat_no, permission_id)
        SELECT institution, x.section, x.seat, x.permission
          FROM jsonb_to_recordset(effects -> 'seats_added') AS x (section uuid, seat int, permission uuid);
    END IF;

    IF effects ? 'left' THEN
        ids := ARRAY (SELECT x.enrollment FROM jsonb_to_recordset(effects -> 'left') AS x (enrollment uuid));
        UPDATE enrollment_sections t SET until_at = x.at, seat_no = NULL, unlimited = NULL
          FROM jsonb_to_recordset(effects -> 'left') AS x (enrollment uuid, section uuid, at timestamptz)
         WHERE t.institution_id = institution AND t.enrollment_id = ANY (ids) AND t.enrollment_id = x.enrollment
           AND t.section_id = x.section AND t.until_at IS NULL;
    END IF;

    IF effects ? 'ended' THEN
        ids := ARRAY (SELECT x.id FROM jsonb_to_recordset(effects -> 'ended') AS x (id uuid));
        -- One statement: the status of an enrollment and of its stays is tied by a foreign key.
        WITH ended AS (
            UPDATE enrollments e SET status = x.status, ended_at = x.at, grading_basis = x.basis
              FROM jsonb_to_recordset(effects -> 'ended') AS x (id uuid, status text, at timestamptz, basis text)
             WHERE e.institution_id = institution AND e.id = x.id AND e.id = ANY (ids))
        UPDATE enrollment_sections t
           SET status = x.status, until_at = coalesce(t.until_at, x.at), seat_no = NULL, unlimited = NULL
          FROM jsonb_to_recordset(effects -> 'ended') AS x (id uuid, status text, at timestamptz)
         WHERE t.institution_id = institution AND t.enrollment_id = ANY (ids) AND t.enrollment_id = x.id;
    END IF;

    IF effects ? 'changed' THEN
        ids := ARRAY (SELECT x.id FROM jsonb_to_recordset(effects -> 'changed') AS x (id uuid));
        UPDATE enrollments e SET grading_basis = x.basis
          FROM jsonb_to_recordset(effects -> 'changed') AS x (id uuid, basis text)
         WHERE e.institution_id = institution AND e.id = x.id AND e.id = ANY (ids);
    END IF;

    IF effects ? 'entries_changed' THEN
        ids := ARRAY (SELECT x.id FROM jsonb_to_recordset(effects -> 'entries_changed') AS x (id uuid));
        UPDATE waitlist_entries w SET status = x.status, ended_at = x.ended_at, skipped = x.skipped
          FROM jsonb_to_recordset(effects -> 'entries_changed')
               AS x (id uuid, status text, ended_at timestamptz, skipped jsonb)
         WHERE w.institution_id = institution AND w.id = x.id AND w.id = ANY (ids);
    END IF;

    IF enrollment_ids <> '{}' THEN
        INSERT INTO enrollments (institution_id, id, student_id, term_id, offering_id, course_id, status, credits,
                                 grading_basis, number, enrolled_at, ended_at)
        SELECT institution, x.id, x.student, term, x.offering, x.course, x.status, x.credits, x.basis, x.number,
               x.enrolled_at, x.ended_at
          FROM unnest(enrollment_ids, enrollment_students, enrollment_offerings, enrollment_courses,
                      enrollment_statuses, enrollment_credits, enrollment_bases, enrollment_numbers,
                      enrollment_moments, enrollment_ends)
               AS x (id, student, offering, course, status, credits, basis, number, enrolled_at, ended_at);
    END IF;

    IF stay_enrollments <> '{}' THEN
        INSERT INTO enrollment_sections (institution_id, enrollment_id, section_id, since, since_at, until_at,
                                         component_id, student_id, term_id, status, seat_no, unlimited, pool)
        SELECT institution, x.enrollment, x.section, x.since, x.since_at, x.until_at, x.component, x.student, term,
               x.status, x.seat, x.unlimited, x.pool
          FROM unnest(stay_enrollments, stay_sections, stay_components, stay_students, stay_statuses, stay_since,
                      stay_since_at, stay_until_at, stay_seats, stay_unlimited, stay_pools)
               AS x (enrollment, section, component, student, status, since, since_at, until_at, seat, unlimited, pool);
    END IF;

    IF effects ? 'entries' THEN
        INSERT INTO waitlist_entries (institution_id, id, enrollment_id, student_id, term_id, offering_id, course_id,
                                      grading_basis, priority, number, joined_at, drop_if_enrolled, status, ended_at,
                                      skipped)
        SELECT institution, x.id, x.enrollment, x.student, term, x.offering, x.course, x.basis, x.priority, x.number,
               x.joined_at, x.drop_if_enrolled, x.status, x.ended_at, x.skipped
          FROM jsonb_to_recordset(effects -> 'entries')
               AS x (id uuid, enrollment uuid, student uuid, offering uuid, course uuid, basis text, priority int,
                     number bigint, joined_at timestamptz, drop_if_enrolled uuid, status text, ended_at timestamptz,
                     skipped jsonb);
        INSERT INTO waitlist_entry_sections (institution_id, entry_id, section_id, position)
        SELECT institution, x.id, s.section, s.position
          FROM jsonb_to_recordset(effects -> 'entries') AS x (id uuid, sections uuid[]),
               unnest(x.sections) WITH ORDINALITY AS s (section, position);
    END IF;

    IF effects ? 'seats_removed' THEN
        ids := ARRAY (SELECT x.section FROM jsonb_to_recordset(effects -> 'seats_removed') AS x (section uuid));
        DELETE FROM seats s USING jsonb_to_recordset(effects -> 'seats_removed') AS x (section uuid, seat int)
         WHERE s.institution_id = institution AND s.section_id = ANY (ids) AND s.section_id = x.section
           AND s.seat_no = x.seat;
    END IF;

    IF effects ? 'seating' THEN
        ids := ARRAY (SELECT x.section FROM jsonb_to_recordset(effects -> 'seating') AS x (section uuid));
        UPDATE section_seating g SET next_seat = x.next, last_seat = x.last, seats = x.seats, freed = x.freed,
               pools = g.pools || coalesce(x.pools, '{}')
          FROM jsonb_to_recordset(effects -> 'seating')
               AS x (section uuid, next int, last int, seats int, freed int[], pools jsonb)
         WHERE g.institution_id = institution AND g.section_id = ANY (ids) AND g.section_id = x.section;
    END IF;

    IF effects ? 'released' THEN
        ids := ARRAY (SELECT x.hold FROM jsonb_to_recordset(effects -> 'released') AS x (hold uuid));
        UPDATE holds h SET released_at = x.at, version = h.version + 1
          FROM jsonb_to_recordset(effects -> 'released') AS x (hold uuid, at timestamptz)
         WHERE h.institution_id = institution AND h.id = ANY (ids) AND h.id = x.hold AND h.released_at IS NULL;
    END IF;

    UPDATE term_registrations t SET next_number = following
     WHERE t.institution_id = institution AND t.term_id = term;
END $$
