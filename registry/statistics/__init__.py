"""Estimators on plain values and frames, nothing else."""
