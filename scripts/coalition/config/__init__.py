"""Settings: read, laid over each other, checked."""
