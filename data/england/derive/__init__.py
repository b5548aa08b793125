"""The shipped plan for England, one module a topic."""
