-- The answers that were kept under keys. A function, so that its plan does not depend on how full the table was at first.
CREATE FUNCTION registration_answers(institution uuid, term uuid, subjects text[], names text[])
RETURNS TABLE (subject text, key text, digest text, answer text)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
        SELECT k.subject, k.key, k.digest::text, k.answer::text FROM idempotency_keys k
         WHERE k.institution_id = institution AND k.term_id = term AND k.subject = ANY (subjects) AND k.key = ANY (names);
END $$
