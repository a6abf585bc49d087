"""Figures of magnetism as data: one module a figure."""
