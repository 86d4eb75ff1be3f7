"""What the tests of the backends share: an interpreter for JAX, built once into the user's cache."""

from __future__ import annotations

import pytest

from harness import provision


@pytest.fixture(scope="session")
def jax() -> None:
    """JAX with torch and torchax that fit: a minute or two and 300 MB of downloads, the first time."""
    try:
        provision.provision("jax")
    except provision.ProvisionError as error:
        pytest.fail(f"jax could not be built: {error}", pytrace=False)
