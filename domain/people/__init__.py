"""Who studies and who teaches: students, instructors and holds."""
