"""What PyTorch's kernels do to numbers: which only move them, which round once, and what composed ones are made of."""

from __future__ import annotations

import functools
from typing import Any, Callable

import torch

WIDE = (torch.float64, torch.complex128)
# Unit roundoff of half precision.
UNIT = {torch.float16: 2.0**-11, torch.bfloat16: 2.0**-8}


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Only moves numbers, or chooses among them.
MOVES = _names("""
    view _unsafe_view reshape _reshape_alias permute transpose t expand slice select cat stack index index_select gather
    where clone copy squeeze unsqueeze alias detach as_strided constant_pad_nd flip roll repeat neg abs relu clamp
    clamp_min clamp_max maximum minimum amax amin max min sort topk unbind split split_with_sizes masked_fill scatter
    tril triu diagonal fill zeros zeros_like ones ones_like full full_like empty empty_like new_zeros new_ones new_full
    new_empty new_empty_strided empty_strided empty_permuted scalar_tensor sign sgn floor ceil round trunc embedding
    _to_copy to lift_fresh lift_fresh_copy copysign hardtanh threshold unfold masked_select take nonzero argmax argmin
    eq ne lt le gt ge isnan isinf isfinite logical_and logical_or logical_not bitwise_and bitwise_not real imag
    view_as_real view_as_complex complex conj _conj _conj_physical conj_physical resolve_conj resolve_neg
    broadcast_in_dim convert_element_type view_of collapse_view split_dim device_put reflection_pad1d
    reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d replication_pad3d max_pool2d_with_indices
    max_pool3d_with_indices slice_scatter select_scatter diagonal_scatter pixel_shuffle pixel_unshuffle
    _foreach_neg _foreach_abs median cummax cummin kthvalue any all unsafe_split zero im2col
    contiguous narrow mT mH arange eye tile movedim chunk swapaxes unflatten flatten rot90 fliplr flipud view_as
    fmax fmin nanmedian mode adaptive_max_pool2d adaptive_max_pool3d masked_scatter
""")
# Right but for the rounding of the result; remainders need none.
ROUNDED = frozenset(["add", "sub", "rsub", "mul", "div", "reciprocal", "sqrt", "square", "fmod", "remainder"])
FUNCTIONS = _names("""
    exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh sigmoid erf
    erfc rsqrt pow hypot
""")
SUMS = frozenset(["sum", "mean", "nansum"])
# Each result is a sum of products, one factor of each argument.
PRODUCTS = _names("mm bmm dot mv convolution convolution_backward _trilinear index_add")
# Each result is a sum of elements of the arguments.
ADDS = _names("""
    index_add index_put _unsafe_index_put scatter_add upsample_nearest1d_backward upsample_nearest2d_backward col2im
    upsample_nearest3d_backward replication_pad1d_backward replication_pad2d_backward replication_pad3d_backward
    reflection_pad1d_backward reflection_pad2d_backward reflection_pad3d_backward embedding_dense_backward
""")
# And of elements divided by the size of a window.
AVERAGES = _names("""
    avg_pool1d_backward avg_pool2d_backward avg_pool3d_backward _adaptive_avg_pool2d_backward
    _adaptive_avg_pool3d_backward
""")
# Computed by way of an angle, which rounds by u of itself however small its cosine is.
ANGULAR = _names("""
    special_chebyshev_polynomial_t special_chebyshev_polynomial_u special_chebyshev_polynomial_v
    special_chebyshev_polynomial_w special_shifted_chebyshev_polynomial_t special_shifted_chebyshev_polynomial_u
    special_shifted_chebyshev_polynomial_v special_shifted_chebyshev_polynomial_w
""")
# Numbers a step apart, which rounds.
STEPPED = _names("linspace")
# Matrices are turned until they are diagonal, or triangular: what rounds is small beside the whole of them.
TURNS = _names("_linalg_svd _linalg_eigh linalg_eig _linalg_eigvals linalg_lstsq linalg_qr geqrf")
# Composed kernels that the table of core operators leaves whole.
_ALSO = (
    *("_softmax", "_log_softmax", "native_layer_norm", "native_group_norm", "native_batch_norm", "var_mean", "var"),
    *("linalg_vector_norm", "grid_sampler_2d", "gelu", "addmm", "addmv", "baddbmm", "hypot", "upsample_bilinear2d"),
    *("_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "leaky_relu", "elu", "addcmul", "lerp"),
    "_addmm_activation",
)

_TABLE: dict[Any, Callable[..., Any]] = {}


def _polar(size: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    return torch.complex(size * torch.cos(angle), size * torch.sin(angle))


def _logit(x: torch.Tensor, eps: float | None = None) -> torch.Tensor:
    """By `clamp`, whose bound 1 - eps rounds; PyTorch's decomposition keeps it in float64."""
    kept = x if eps is None else torch.clamp(x, eps, 1 - eps)
    return torch.log(kept / (1 - kept))


def decompositions() -> dict[Any, Callable[..., Any]]:
    """PyTorch's decompositions into core operators, and of some that it counts as core."""
    if not _TABLE:
        from torch._decomp import core_aten_decompositions, get_decompositions

        _TABLE.update(core_aten_decompositions())
        _TABLE.update(get_decompositions([getattr(torch.ops.aten, n) for n in _ALSO if hasattr(torch.ops.aten, n)]))
        _TABLE[torch.ops.aten.logit.default] = _logit
        _TABLE[torch.ops.aten.polar.default] = _polar
        for func in list(_TABLE):
            if name_of(func).rstrip("_") in MOVES | ROUNDED | FUNCTIONS | SUMS | PRODUCTS | ADDS:
                del _TABLE[func]
    return _TABLE


def name_of(func: Any) -> str:
    """`add_` of aten.add_.Tensor."""
    return str(func._overloadpacket.__name__)


@functools.lru_cache(maxsize=None)
def functional(func: Any) -> Any:
    """aten.add.Tensor of aten.add_.Tensor; None where there is no such thing."""
    name, given = name_of(func), _positional(func)
    packet = getattr(torch.ops.aten, name[:-1], None) if name[-1] == "_" else None
    overloads = [getattr(packet, overload) for overload in packet.overloads()] if packet is not None else []
    # aten.pow_.Scalar is aten.pow.Tensor_Scalar, and aten.pow.Scalar another one.
    alike = [made for made in overloads if not made._schema.is_mutable and _positional(made) == given]
    return next((made for made in alike if made._overloadname == func._overloadname), alike[0] if alike else None)


def _positional(func: Any) -> list[str]:
    return [str(argument.type) for argument in func._schema.arguments if not argument.kwarg_only]


def floats(value: Any) -> list[torch.Tensor]:
    """Floating and complex tensors of a result, in order."""
    if isinstance(value, torch.Tensor):
        return [value] if value.is_floating_point() or value.is_complex() else []
    return [t for part in value for t in floats(part)] if isinstance(value, (list, tuple)) else []


def is_wide(value: Any) -> bool:
    """Whether it is a tensor of float64 or complex128."""
    return isinstance(value, torch.Tensor) and value.dtype in WIDE


def computes(name: str, result: Any) -> bool:
    """Whether a kernel makes numbers, and does not only move them."""
    return name.rstrip("_") not in MOVES and bool(floats(result))
