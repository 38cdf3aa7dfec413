"""What every test may ask for."""

from hypothesis import settings

pytest_plugins = ["tests.service_fixtures", "tests.cast"]

# How long one example takes says more about the machine than about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
