"""The root conftest marks the root: the plugin comes by its entry point, and needs nothing here."""
