"""The closed languages of a config: terms, transforms and filters."""
