"""What tests share: builders of domain objects, and the PostgreSQL that they run on."""
