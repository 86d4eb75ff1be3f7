"""What devices, compilers, runtimes and kernels get wrong, made on an honest output."""
