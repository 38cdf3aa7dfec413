"""Measurements: `python -m bench --help`. Ours and the reference side by side, one JSON object per line."""
