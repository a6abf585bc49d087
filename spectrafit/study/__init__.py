"""A study file becomes a study, a study becomes an outcome."""
