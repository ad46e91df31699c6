"""Who exactly can reach a data store. Knows nothing of cases, and is useful to people who use no other part."""
