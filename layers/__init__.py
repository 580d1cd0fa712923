"""What the city has: schema, reading, datums, checks, snapshots and the catalog."""

__version__ = "0.1.0"
