"""What every use case needs: callers, units of work, records, pages, clock and errors."""
