"""What a process measures of itself, kept by and written for Prometheus."""
