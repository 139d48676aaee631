"""Benchmarks against published numbers."""
