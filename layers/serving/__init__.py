"""Layers prepared to be served: flat arrays that are mapped from disk and shared by all processes."""
