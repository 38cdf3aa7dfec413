"""What every test may ask for."""

pytest_plugins = ["tests.service_fixtures", "tests.cast"]
