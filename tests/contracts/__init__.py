"""What every persistence adapter promises: one suite for each port, run on memory and on Postgres."""
