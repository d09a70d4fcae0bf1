"""Who may come in: accounts of people, clients of programs, and how often somebody may try."""
