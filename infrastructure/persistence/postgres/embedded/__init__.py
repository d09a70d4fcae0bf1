"""An embedded PostgreSQL server: started, shared and stopped by the very processes that use it."""
