"""English formats where they differ from Django's: the clock of 24 hours, as everywhere in Sweden."""

TIME_FORMAT = "H:i"
