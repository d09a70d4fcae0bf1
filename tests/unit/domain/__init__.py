"""The domain by itself: values, rules and decisions."""
