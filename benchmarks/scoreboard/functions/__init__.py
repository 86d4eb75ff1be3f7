"""Functions as users of PyTorch write them, which the sets give inputs."""
