"""The root conftest: the plugin itself comes by its entry point, so all that is left is what its tests need."""

pytest_plugins = ["pytester"]
