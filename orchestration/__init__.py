"""What runs, when and in which order: the only package that imports Dagster."""
