"""What runs, when and after what: the only package that imports Dagster."""
