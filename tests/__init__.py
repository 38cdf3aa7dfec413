"""The tests: one folder per app, the cast in conftest.py, and the servers they need in services.py."""
