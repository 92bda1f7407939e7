"""How fast the project is and how that grows: `python -m benchmarks.run`; README.md here has the results."""
