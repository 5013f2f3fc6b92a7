"""What the product promises about speed and memory, measured: `.venv/bin/python -m benchmarks`."""
