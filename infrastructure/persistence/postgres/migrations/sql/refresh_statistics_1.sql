-- Counts the tables anew, so that queries are planned for what an import has just stored; the automatic counting would
-- come a minute later. Runs as the owner of the tables, since the application's role may not count them. Shows nothing.
CREATE FUNCTION refresh_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    ANALYZE departments, programs, courses, students, instructors, holds, terms, rooms, offerings, configurations,
        components, sections, meetings, section_instructors, term_registrations, seats, section_seating, enrollments,
        enrollment_sections;
END $$
