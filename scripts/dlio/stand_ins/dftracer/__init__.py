"""Stand-in for dftracer: tracing is off, see logger.py."""
