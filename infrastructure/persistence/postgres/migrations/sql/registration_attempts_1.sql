-- The attempts that people made at the courses with these codes, as arrays that belong together. Moves data; holds no
-- rule.
CREATE FUNCTION registration_attempts(
    institution uuid, people uuid[], counting text[],
    OUT attempt_students uuid[], OUT attempt_courses text[], OUT attempt_terms text[], OUT attempt_grades text[],
    OUT attempt_schemes uuid[], OUT attempt_passed boolean[], OUT attempt_in_progress boolean[],
    OUT attempt_transfer boolean[]
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    ids uuid[];
    codes text[];
BEGIN
    SELECT array_agg(c.id), array_agg(c.code) INTO ids, codes
      FROM courses c WHERE c.institution_id = institution AND c.code = ANY (counting);
    IF ids IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(a.student_id), array_agg(codes[array_position(ids, a.course_id)]), array_agg(a.term),
           array_agg(a.grade), array_agg(a.scheme_id), array_agg(a.passed), array_agg(a.in_progress),
           array_agg(a.transfer)
      INTO attempt_students, attempt_courses, attempt_terms, attempt_grades, attempt_schemes, attempt_passed,
           attempt_in_progress, attempt_transfer
      FROM (SELECT a.student_id, a.course_id, a.term, a.grade, a.scheme_id, a.passed, a.in_progress, a.transfer
              FROM course_attempts a
             WHERE a.institution_id = institution AND a.student_id = ANY (people) AND a.course_id = ANY (ids)
             ORDER BY a.term COLLATE "C", a.id) AS a;
END $$
