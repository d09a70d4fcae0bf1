"""Entry points of processes: each composes the application and hands it to a driving adapter."""
