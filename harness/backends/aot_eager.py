"""AOT eager: the program traced and made functional by AOTAutograd, then run by the device's own kernels.

It differs from eager only where a decomposition, an in-place rewrite or the traced backward does: a cheap
check of what every compiler behind torch.compile starts from.
"""

from __future__ import annotations

from .dynamo import Dynamo


class AotEager(Dynamo):
    name = compiler = "aot_eager"
