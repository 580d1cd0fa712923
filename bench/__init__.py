"""Time and memory of what a user waits for, measured on this machine. Run it with ``make bench``; it is not a test."""
