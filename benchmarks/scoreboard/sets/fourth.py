"""Operators of PyTorch's own database (OpInfo) that no set before scores, kept aside once, then tuned on: the fourth
set.

Not among them: the operators of the sets before and of the shipped cases, and functions whose constants were settled by
a sweep over all of them.
"""

from __future__ import annotations

import functools

import torch

from harness.case import Case
from harness.load import opinfo, sweep
from harness.numerics.rules.table import normal_name
from harness.provision.files import cache_dir

DTYPES = ("float32", "bfloat16", "float16", "float64")
SAMPLES = 2  # of an operator and dtype

# By their names in the table of rules.
OPERATORS = """
    adaptive_max_pool1d adaptive_max_pool3d addr airy_ai allclose argwhere atleast_2d block_diag broadcast_tensors
    bucketize cdist ceil cfloat cholesky_inverse chunk_cat clamp_min conj corrcoef cosine_embedding_loss diag_embed
    diagonal_scatter dist dsplit equal fft.ifft fft.ifft2 fft.irfftn fft.rfftn fftshift flatten flipud fmin frac
    full_like geqrf gradient grid_sampler_3d heaviside hermite_polynomial_h hermite_polynomial_he hfftn
    hinge_embedding_loss histogramdd householder_product hstack i0e ifftshift igamma ihfftn imag index_copy
    index_fill index_reduce isin isneginf isposinf isreal istft kron lcm ldl_factor ldl_solve le logdet logical_not
    lu lu_factor lu_unpack matrix_power max_pool1d max_pool3d max_unpool1d max_unpool3d meshgrid minimum mode
    movedim msort multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss mvlgamma nanmean nanquantile
    narrow_copy ndtri ne pdist pinv pinverse pixel_unshuffle poisson_nll_loss positive ravel real relu6 resolve_conj
    rmatmul rmod rot90 rxor scaled_modified_bessel_k0 scaled_modified_bessel_k1 segment_reduce select_scatter
    shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v
    shifted_chebyshev_polynomial_w soft_margin_loss split split_with_sizes split_with_sizes_copy square take
    tensorinv tensorsolve transpose transpose_copy trapezoid triangular_solve triplet_margin_loss
    unsafe_masked_index unsafe_masked_index_put_accumulate unsafe_split unsqueeze upsample_bilinear upsample_nearest
    var_mean vdot view_as_complex vsplit zeros_like
    adaptive_avg_pool1d adaptive_avg_pool3d adaptive_max_pool2d addbmm alias_copy aminmax as_strided as_strided_copy
    as_strided_scatter atleast_1d atleast_3d avg_pool3d bessel_j0 bessel_j1 bessel_y0 bessel_y1 binary_cross_entropy
    bitwise_not bitwise_or bitwise_right_shift broadcast_to cartesian_prod cdouble channel_shuffle
    chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w cholesky_ex
    cholesky_solve chunk clamp_max clone combinations cond conj_physical constant_pad_nd conv_transpose1d
    conv_transpose3d copysign cov cummin cumulative_trapezoid diag diagflat diagonal diagonal_copy dstack
    expand_copy fft.fftn fft.hfft fft.ifftn fft.ihfft fft.irfft2 fft.rfft2 fill fliplr fmax frexp gaussian_nll_loss
    gcd ge grid_sampler_2d gt hardshrink hardtanh hash_tensor hfft2 histogram hsplit igammac ihfft2 inv_ex isclose
    isfinite isinf laguerre_polynomial_l ldexp ldl_factor_ex legendre_polynomial_p linear_cross_entropy linspace
    logical_or logical_xor logspace lstsq lu_factor_ex lu_solve margin_ranking_loss masked_scatter matrix_exp
    matrix_rank max_unpool2d min mm modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1
    multi_dot nan_to_num nanmedian narrow ndtr nextafter nonzero_static norm ones_like ormqr pairwise_distance
    permute_copy prelu put rand rdiv renorm reshape resolve_neg ror rpow select sgn signbit solve_ex
    spherical_bessel_j0 squeeze squeeze_copy std_mean stft t t_copy tanhshrink tensor_split threshold tile trapz
    triu unbind unbind_copy unflatten unfold_copy unique_consecutive unravel_index unsafe_chunk unsqueeze_copy
    vander vecdot view_copy vstack
"""


@functools.cache
def cases() -> tuple[Case, ...]:
    """The first samples of every operator."""
    operators = frozenset(OPERATORS.split())
    listed = sweep.sweep(opinfo.list_entries, torch=torch.__version__, cache=cache_dir() / "listings")
    return tuple(case for case in listed.cases if _wanted(case, operators))


def _wanted(case: Case, operators: frozenset[str]) -> bool:
    sample = int(case.id.split("-")[0].rpartition(".")[2])
    return normal_name(case.target) in operators and case.dtype in DTYPES and sample < SAMPLES
