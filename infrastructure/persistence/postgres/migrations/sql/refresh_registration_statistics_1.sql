-- Counts the tables that a registration day fills, so that nothing stays planned for the emptiness of its first minute; the
-- checks of foreign keys, too, keep plans. Looks at few rows, and locks out nobody. Runs as the owner of the tables, since
-- the application's role may not count them. Shows nothing.
CREATE FUNCTION refresh_registration_statistics()
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET default_statistics_target = 10 AS $$
BEGIN
    ANALYZE seats, section_seating, enrollments, enrollment_sections, waitlist_entries, waitlist_entry_sections,
        audit_events, audit_mentions, audit_documents, outbox, idempotency_keys;
END $$
