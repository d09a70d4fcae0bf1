"""What an institution teaches: departments, courses and programs."""
