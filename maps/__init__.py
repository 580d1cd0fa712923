"""How it is seen: the offline map, and the workbench that is built into ``maps/static``."""
