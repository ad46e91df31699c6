"""A rehearsal: December 2019 planted in a scratch desk, answered without knowledge of the truth, scored against it."""
