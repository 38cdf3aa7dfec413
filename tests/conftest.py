"""What every test may ask for."""

import gc

import pytest
from _pytest.nodeid import NodeId
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.service_fixtures", "tests.cast"]

# How long one example takes says more about the machine than about the code. The same examples every time, so that a
# red run tells of the change; `--hypothesis-profile explore` looks for new ones.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("explore"), derandomize=True)
settings.load_profile("same")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let `--dist loadgroup` see the groups: pytest-xdist 3.8 writes them where pytest 9.2 no longer reads."""
    if config.getoption("loadgroup", False):
        for item in items:
            mark = item.get_closest_marker("xdist_group")
            if mark is not None and "@" not in item.nodeid.rpartition("]")[2]:
                item._id = NodeId.parse(f"{item.nodeid}@{mark.args[0]}")


def pytest_collection_finish() -> None:
    """Look for garbage more seldom, and never in what was imported: that took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
