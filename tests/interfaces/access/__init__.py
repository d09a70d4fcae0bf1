"""Who may do what: the access table, walked whole through every door."""
