-- Counts the tables anew, so that queries are planned for what an import has just stored; the automatic counting would
-- come a minute later. Runs as the owner of the tables, since the application's role may not count them. Shows nothing.
CREATE OR REPLACE FUNCTION refresh_statistics()
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    ANALYZE departments, programs, courses, grading_schemes, students, test_scores, course_attempts, instructors, holds,
        terms, sessions, term_credit_limits, time_tickets, time_ticket_students, time_ticket_programs, rooms, offerings,
        offering_courses, offering_programs, configurations, components, sections, meetings, section_instructors,
        reserved_seats, reserved_seats_students, reserved_seats_programs, term_registrations, seats, section_seating,
        permissions, enrollments, enrollment_sections, waitlist_entries, waitlist_entry_sections, audit_events,
        audit_mentions, audit_documents, outbox, idempotency_keys;
END $$
