-- Stores the journal of decided commands, set-wise and in one round trip: what was decided on which facts, the events to
-- publish, the answers to keep. Arrays that begin with the same letters belong together.
CREATE FUNCTION registration_journal(
    institution uuid, term uuid,
    record_ids uuid[], record_numbers bigint[], record_kinds text[], record_subjects text[], record_roles text[],
    record_moments timestamptz[], record_commands text[], record_answers text[], record_consequences text[],
    record_facts text[], record_abouts text[],
    message_ids uuid[], message_types text[], message_versions int[], message_moments timestamptz[],
    message_payloads text[],
    answer_subjects text[], answer_keys text[], answer_digests text[], answer_texts text[],
    document_digests text[], document_bodies text[]
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
BEGIN
    IF document_digests <> '{}' THEN
        INSERT INTO audit_documents (institution_id, digest, body)
        SELECT institution, x.digest, x.body::json FROM unnest(document_digests, document_bodies) AS x (digest, body)
            ON CONFLICT DO NOTHING;
    END IF;

    IF record_ids <> '{}' THEN
        INSERT INTO audit_events (institution_id, id, term_id, number, kind, subject, roles, occurred_at, command, answer,
                                  consequences, facts, about)
        SELECT institution, x.id, term, x.number, x.kind, x.subject, x.roles::text[], x.occurred_at, x.command::json,
               x.answer::json, x.consequences::json, x.facts::json, x.about::uuid[]
          FROM unnest(record_ids, record_numbers, record_kinds, record_subjects, record_roles, record_moments,
                      record_commands, record_answers, record_consequences, record_facts, record_abouts)
               AS x (id, number, kind, subject, roles, occurred_at, command, answer, consequences, facts, about);
        INSERT INTO audit_mentions (institution_id, about, event_id)
        SELECT institution, m.about, x.id
          FROM unnest(record_ids, record_abouts) AS x (id, about), unnest(x.about::uuid[]) AS m (about);
    END IF;

    IF message_ids <> '{}' THEN
        INSERT INTO outbox (institution_id, id, type, version, occurred_at, payload)
        SELECT institution, x.id, x.type, x.version, x.occurred_at, x.payload::json
          FROM unnest(message_ids, message_types, message_versions, message_moments, message_payloads)
               AS x (id, type, version, occurred_at, payload);
    END IF;

    IF answer_keys <> '{}' THEN
        INSERT INTO idempotency_keys (institution_id, term_id, subject, key, digest, answer)
        SELECT institution, term, x.subject, x.key, x.digest, x.answer::json
          FROM unnest(answer_subjects, answer_keys, answer_digests, answer_texts) AS x (subject, key, digest, answer);
    END IF;
END $$
