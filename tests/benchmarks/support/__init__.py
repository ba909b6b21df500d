"""Shared code of the benchmarks, which are the scripts beside this folder."""
