"""The exact sets: which sources reach a port, by which rule, and what a change added."""
