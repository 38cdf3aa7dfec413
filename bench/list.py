"""The page with the list of actions: ours beside the list as one would first write it."""

import argparse
from collections.abc import Iterator

from bench import data
from bench.result import Result, forget_peak, peak_rss_mb, seconds_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this measurement understands."""


def measure(options: argparse.Namespace) -> Iterator[Result]:
    """Yield the lines."""
    forget_peak()
    seconds = seconds_of(lambda: data.build(options.actions))
    yield Result("build", options.actions, seconds, peak_rss_mb(), seconds)
