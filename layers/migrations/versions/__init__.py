"""One script for each version of the catalog, oldest first."""
