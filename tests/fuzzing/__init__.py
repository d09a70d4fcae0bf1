"""schemathesis calls the whole contract as every kind of caller, on a real server: `make fuzz`, and a short test."""
