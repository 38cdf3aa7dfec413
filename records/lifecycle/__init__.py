"""The verbs of records; each part has a module of its own."""
