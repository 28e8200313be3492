"""Estimators on plain values and arrays, nothing else."""
