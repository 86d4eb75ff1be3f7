"""What each sysroot is made of: plain data, one `Recipe` a name.

Debian builds PyTorch for architectures that have no wheel (ppc64le, s390x); PyPI has a CPU wheel of a newer
PyTorch for aarch64 up to 2.10.0 (later aarch64 wheels are CUDA builds). `debian-amd64` is the control: the
very PyTorch of ppc64le and s390x, compiled from the same source, run natively. A difference seen on s390x and
not on it is due to the architecture or the emulator, not to the version.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

_PYTHON = ("python3", "libgomp1", "libstdc++6", "libatomic1")
_DEBIAN_TORCH = (*_PYTHON, "python3-numpy", "python3-torch")


@dataclass(frozen=True, slots=True)
class Wheel:
    """One wheel, pinned: `sha256` holds a digest per interpreter it was published for."""

    name: str
    version: str
    megabytes: float
    sha256: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to build and run one sysroot.

    `machine` is the architecture's name in `platform.machine()` and in qemu's, `debian` its name in apt,
    `triplet` the folder of its libraries, `loader` its ELF interpreter (as written into its programs, without
    the leading slash). `cpu` is qemu's model of processor, empty for qemu's default. `disk_mb` is the most
    that building takes at once, downloads included; `download_mb` what comes over the network.
    """

    name: str
    machine: str
    debian: str
    triplet: str
    loader: str
    packages: tuple[str, ...]
    wheels: tuple[Wheel, ...] = ()
    cpu: str = ""
    download_mb: int = 0
    disk_mb: int = 0


# torch 2.10.0 for aarch64 and all it imports, as PyPI has them for CPython 3.11 (Debian 12) and 3.13
# (Debian 13).
_AARCH64_WHEELS = (
    Wheel(
        "torch",
        "2.10.0",
        146,
        (
            "3282d9febd1e4e476630a099692b44fdc214ee9bf8ee5377732d9d9dfe5712e4",
            "5c4d217b14741e40776dd7074d9006fd28b8a97ef5654db959d8635b2fe5f29b",
        ),
    ),
    Wheel(
        "numpy",
        "2.3.5",
        14.6,
        (
            "3095bdb8dd297e5920b010e96134ed91d852d81d490e787beca7e35ae1d89cf7",
            "9c75442b2209b8470d6d5d8b1c25714270686f14c749028d2199c54e29f20b4d",
        ),
    ),
    Wheel("filelock", "4.2.11", 0.2, ("020e229e4bb9d410fc799c07ddf45fa217cba970278f40b30751d94f309b69e2",)),
    Wheel("fsspec", "2026.9.0", 0.2, ("8dd6e646e99ea382bd85f97a45e6b526a442d79423a7dc673f1e2756d05fcb5f",)),
    Wheel("jinja2", "3.1.6", 0.1, ("85ece4451f492d0c13c5dd7c13a64681a86afae63a5f347908daf103ce6d2f67",)),
    Wheel(
        "markupsafe",
        "3.0.4",
        0.02,
        (
            "849dd2bb0e5e4ab2b71c7191726a4a8d5aa8a610daa584728cbee0b710ddc4ef",
            "7018d4af1cd272e847aa5917983ab5e83e4f6579f9dbfecd4a79c0ca80b144c2",
        ),
    ),
    Wheel("mpmath", "1.3.0", 0.5, ("a0b2b9fe80bbcd81a6647ff13108738cfb482d481d826cc0e02f5b35e5c88d2c",)),
    Wheel("networkx", "3.6.1", 2.1, ("d47fbf302e7d9cbbb9e2555a0d267983d2aa476bac30e90dfbe5669bd57f3762",)),
    Wheel("sympy", "1.14.0", 6.3, ("e091cc3e99d2141a0ba2847328f5479b05d94a6635cb96148ccb3f34671bd8f5",)),
    Wheel(
        "typing-extensions",
        "4.16.0",
        0.05,
        ("481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8",),
    ),
)

RECIPES = MappingProxyType(
    {
        recipe.name: recipe
        for recipe in (
            Recipe(
                name="aarch64",
                machine="aarch64",
                debian="arm64",
                triplet="aarch64-linux-gnu",
                loader="lib/ld-linux-aarch64.so.1",
                packages=_PYTHON,
                wheels=_AARCH64_WHEELS,
                # A processor that exists (Graviton2, Altra). Under qemu's default, which has SVE and BF16
                # instructions, a 256³ matmul takes 20 times as long.
                cpu="neoverse-n1",
                download_mb=190,
                disk_mb=1100,
            ),
            Recipe(
                name="ppc64le",
                machine="ppc64le",
                debian="ppc64el",
                triplet="powerpc64le-linux-gnu",
                loader="lib64/ld64.so.2",
                packages=_DEBIAN_TORCH,
                cpu="power9",
                download_mb=250,
                disk_mb=1300,
            ),
            Recipe(
                name="s390x",
                machine="s390x",
                debian="s390x",
                triplet="s390x-linux-gnu",
                loader="lib/ld64.so.1",
                packages=_DEBIAN_TORCH,
                download_mb=235,
                disk_mb=1300,
            ),
            Recipe(
                name="debian-amd64",
                machine="x86_64",
                debian="amd64",
                triplet="x86_64-linux-gnu",
                loader="lib64/ld-linux-x86-64.so.2",
                packages=_DEBIAN_TORCH,
                download_mb=272,
                disk_mb=1400,
            ),
        )
    }
)
