"""Linernotes: the warehouse of a music service's responsible-AI programme.

Everything here is plain Python over files; nothing here knows of Dagster.
"""
