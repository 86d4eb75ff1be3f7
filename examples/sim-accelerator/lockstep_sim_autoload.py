"""What `import torch` runs where this package is installed: it loads the device if LOCKSTEP_SIM is set.

A module of its own, so that any other process of the environment pays nothing and sees no device.
"""

import os


def autoload() -> None:
    if "LOCKSTEP_SIM" in os.environ:
        import lockstep_sim  # noqa: F401  (importing it is what gives torch the device)
