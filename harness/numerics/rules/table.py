"""Which rule judges which operator: the one table to read, and to extend.

Operators stand under the last part of their dotted name, so `torch.softmax`, `torch.Tensor.softmax`,
`torch.nn.functional.softmax` and `aten._softmax.default` are one entry. To add an operator, add its name to a
line; to add a kind of operator, write a rule beside those in this package and give it a line here.
An operator that is not listed is judged by `empirical`; a case may name another rule.
"""

from __future__ import annotations

from collections.abc import Iterable

_LINES: dict[str, str] = {
    # Nothing rounds, or once: the correctly rounded answer, bit for bit.
    "exact": """
        abs neg positive relu relu6 clamp clamp_min clamp_max clip hardtanh threshold maximum minimum fmax
        fmin sign sgn signbit heaviside floor ceil round trunc frac fmod remainder copysign
        nextafter ldexp frexp mul square nan_to_num hardshrink where
        masked_fill prelu eq ne lt le gt ge isnan isinf isfinite isposinf isneginf isreal isclose equal
        logical_and logical_or logical_xor logical_not bitwise_and bitwise_or bitwise_xor bitwise_not
        bitwise_left_shift any all bitwise_right_shift gcd lcm lshift rshift invert count_nonzero bincount
        bucketize searchsorted amax amin max min aminmax cummax cummin median nanmedian kthvalue mode
        upsample_nearest1d upsample_nearest2d
        upsample_nearest3d max_pool1d max_pool2d max_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d
        clone contiguous reshape view view_as flatten unflatten squeeze unsqueeze transpose permute t mT
        swapaxes expand expand_as broadcast_to repeat repeat_interleave tile flip fliplr flipud rot90 roll cat
        concat stack hstack vstack dstack split chunk narrow slice select index_select gather take
        take_along_dim index getitem masked_select scatter index_copy index_put index_fill masked_scatter
        embedding one_hot tril triu diag diagonal diag_embed diagonal_scatter slice_scatter select_scatter
        int_mm unbind unfold as_strided movedim pixel_shuffle pixel_unshuffle channel_shuffle pad constant_pad_nd
        nonzero argwhere unique unique_consecutive combinations cartesian_prod meshgrid zeros_like ones_like
        full_like zeros ones full arange eye fftshift ifftshift tril_indices triu_indices real imag
        view_as_real view_as_complex conj resolve_conj resolve_neg complex cfloat cdouble chalf diff outer
        lu_unpack
    """,
    # Positions, and values chosen by them.
    "index": "argmax argmin max min cummax cummin median nanmedian kthvalue mode sort msort argsort topk",
    # One operation that rounds right, where the profile does not say otherwise.
    "rounded": "sqrt div true_divide reciprocal",
    "quotient": "floor_divide",
    # A short sum of products.
    "fused": "add sub rsub lerp addcmul addcdiv leaky_relu hardsigmoid softshrink deg2rad rad2deg cross",
    # Functions of each element.
    "function": """
        exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
        erf erfc erfinv pow float_power atan2 hypot lgamma digamma polygamma sinc softplus
        logsigmoid elu selu celu log_ndtr i0
        i1 i1e erfcx zeta cbrt modified_bessel_i0 modified_bessel_i1 modified_bessel_k0
        modified_bessel_k1 spherical_bessel_j0
    """,
    "composed": "rsqrt softsign xlogy xlog1py entr i0e",
    "gated": "sigmoid silu mish hardswish quick_gelu glu",
    "gelu-like": "gelu",
    # Sums, dot products and products.
    "sum": """
        sum nansum mean nanmean cumsum trace sum_to_size embedding_bag
        avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d
    """,
    "dot": """
        matmul mm bmm mv dot vdot inner linear bilinear einsum tensordot kron addmm addmv addr addbmm baddbmm
        conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
        convolution convolution_mode conv_tbc vecdot
    """,
    "product": "prod cumprod",
    "trapezoid": "trapezoid cumulative_trapezoid",
    # Softmax, losses, normalisation, attention.
    "softmax": "softmax softmin",
    "log-softmax": "log_softmax",
    "logsumexp": "logsumexp logcumsumexp",
    "logaddexp": "logaddexp logaddexp2",
    "loss": "nll_loss cross_entropy",
    "running-error": """
        mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div
        soft_margin_loss hinge_embedding_loss cosine_embedding_loss multi_margin_loss multilabel_margin_loss
        multilabel_soft_margin_loss poisson_nll_loss gaussian_nll_loss margin_ranking_loss triplet_margin_loss
        dist cdist pdist pairwise_distance renorm gradient mvlgamma cov corrcoef quantile nanquantile
        ndtr tanhshrink vander logit
    """,
    "layer-norm": "layer_norm group_norm instance_norm batch_norm",
    "rms-norm": "rms_norm normalize",
    "norm": "norm vector_norm matrix_norm frobenius_norm",
    "variance": "var std var_mean std_mean",
    "cosine": "cosine_similarity",
    "attention": "scaled_dot_product_attention",
    # Conversions, transforms, linear algebra, random numbers.
    "cast": "to type type_as float double half bfloat16 int long short char byte bool convert_element_type",
    "quantize": """
        fake_quantize_per_tensor_affine fake_quantize_per_channel_affine quantize_per_tensor
        quantize_per_channel
    """,
    # A linear layer of codes has no operator of torch's own that every device runs: a case that computes one names the
    # rule, `rule: quantized-linear`, or calls its operator so.
    "quantized-linear": "quantized_linear qlinear",
    "fft": """
        fft.fft fft.ifft fft.rfft fft.irfft fft.hfft fft.ihfft fft.fft2 fft.ifft2 fft.rfft2 fft.irfft2
        fft.fftn fft.ifftn fft.rfftn fft.irfftn fft.hfft2 fft.ihfft2 fft.hfftn fft.ihfftn stft
    """,
    "resample": """
        interpolate upsample upsample_bilinear2d upsample_bicubic2d grid_sample grid_sampler_2d
        grid_sampler_3d
    """,
    "histogram": "histogram histogramdd histc",
    "solve": "inv pinv solve solve_triangular cholesky det eigvalsh svdvals cond",
    "rank": "matrix_rank",
    "slogdet": "slogdet",
    "factors": "svd eigh qr",
    "algorithm": """
        lu lu_factor lu_factor_ex lu_solve ldl_factor ldl_factor_ex ldl_solve geqrf householder_product ormqr
        triangular_solve cholesky_ex cholesky_inverse cholesky_solve inv_ex solve_ex tensorinv tensorsolve logdet
        matrix_power matrix_exp lstsq
    """,
    "eigen": "eig eigvals",
    "random": """
        rand rand_like randn randn_like randint randint_like randperm bernoulli dropout
        alpha_dropout feature_alpha_dropout feature_dropout dropout1d dropout2d dropout3d native_dropout
        gumbel_softmax multinomial normal poisson binomial exponential uniform geometric cauchy log_normal random
        standard_gamma sample_dirichlet
    """,
    "scatter": """
        scatter_add index_add scatter_reduce index_reduce put embedding_dense_backward
        unsafe_masked_index_put_accumulate
    """,
}

TABLE: dict[str, str] = {operator: rule for rule, lines in _LINES.items() for operator in lines.split()}

# Operators that move elements: their gradients add up cotangents in place.
_MOVES = """
    t clone contiguous reshape view flatten unflatten squeeze unsqueeze transpose permute swapaxes expand
    expand_as broadcast_to repeat repeat_interleave tile flip fliplr flipud rot90 roll cat concat stack hstack
    vstack dstack split chunk narrow slice select index_select gather take take_along_dim index getitem
    masked_select scatter index_copy index_put index_fill masked_scatter masked_fill embedding embedding_bag tril triu
    diag diagonal diag_embed unbind unfold movedim pixel_shuffle pixel_unshuffle channel_shuffle pad
    constant_pad_nd where neg avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d
    adaptive_avg_pool3d
"""
# Functions of one argument whose derivative stands in closed form.
_DERIVED = """
    exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
    sigmoid erf erfc sqrt rsqrt reciprocal square softplus logsigmoid softsign elu selu celu sinc i0 i1 i0e i1e digamma
"""
# Where the gradient is judged otherwise than its operator's rule says.
GRADIENTS: dict[str, str] = {
    **dict.fromkeys(_MOVES.split(), "scatter"),
    **dict.fromkeys(_DERIVED.split(), "derivative"),
    **dict.fromkeys(["sort", "msort", "topk", "kthvalue", "median", "nanmedian"], "index-gradient"),
    "rms_norm": "norm-gradient",
    "pow": "pow-gradient",
    "prod": "product-gradient",
    **dict.fromkeys(["eigh", "svd"], "signs"),
    "glu": "empirical",
    "stft": "empirical",
}

# Other names of one operator.
_OTHER_NAMES: dict[str, str] = {
    "abs": "absolute",
    "digamma": "psi",
    "lgamma": "gammaln",
    "mvlgamma": "multigammaln",
    "outer": "ger",
    "neg": "negative",
    "mul": "multiply rmul",
    "div": "divide truediv rdiv",
    "floor_divide": "floordiv",
    "sub": "subtract",
    "add": "radd",
    "trunc": "fix",
    "gt": "greater",
    "lt": "less",
    "ge": "greater_equal",
    "le": "less_equal",
    "ne": "not_equal",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "softmax": "safe_softmax",
    "trapezoid": "trapz",
    "remainder": "mod rmod",
    "matmul": "rmatmul",
    "pow": "rpow",
    "reshape": "unsafe_view",
    "to": "to_copy",
    "layer_norm": "native_layer_norm",
    "group_norm": "native_group_norm",
    "batch_norm": """
        native_batch_norm cudnn_batch_norm native_batch_norm_legit native_batch_norm_legit_functional
        native_batch_norm_legit_no_training
    """,
    "scaled_dot_product_attention": """
        scaled_dot_product_flash_attention scaled_dot_product_flash_attention_for_cpu
        scaled_dot_product_efficient_attention scaled_dot_product_attention_math
    """,
    "cat": "concatenate",
    "inv": "inverse",
    "householder_product": "orgqr",
    "pinv": "pinverse",
    "movedim": "moveaxis",
    "transpose": "swapdims",
    "vstack": "row_stack",
    "hstack": "column_stack",
    "logsigmoid": "log_expit log_sigmoid",
    "sigmoid": "expit",
    "bitwise_and": "and",
    "bitwise_or": "or",
    "bitwise_xor": "xor",
    "clone": "copy detach lift_fresh_copy alias",
}
ALIASES: dict[str, str] = {alias: name for name, lines in _OTHER_NAMES.items() for alias in lines.split()}

# Python's reflected operators whose names without underscores are others'.
_REFLECTED = {"__rand__": "bitwise_and", "__ror__": "bitwise_or", "__rxor__": "bitwise_xor"}

# Operators that promise their first output only: the others are for their own gradient, and kernels differ in what they
# hold, and in its shape.
_FIRST_ONLY = frozenset(["embedding_bag"])

_OURS = ("torch.", "aten.", "operator.", "_operator.", "prims.", "math.")


def normal_name(target: str) -> str:
    """The table's name for a dotted operator name; empty for one that is not torch's (`mylib.softmax` is not
    softmax).

    `aten._softmax.default` → `softmax`; `torch.Tensor.add_` → `add`; `torch.special.expit` → `sigmoid`.
    """
    if not target.startswith(_OURS):
        return ""
    parts = target.split(".")
    name = parts[1] if parts[0] in ("aten", "prims") and len(parts) > 1 else parts[-1]
    if target.startswith("torch.fft."):
        return f"fft.{name}" if f"fft.{name}" in TABLE else name
    if name in _REFLECTED:
        return _REFLECTED[name]
    name = name.strip("_")
    if name not in TABLE and name.removeprefix("special_") in TABLE | ALIASES:  # as ATen calls torch.special's
        name = name.removeprefix("special_")
    return ALIASES.get(name, name)


def promised(target: str, outputs: Iterable[str]) -> list[str]:
    """The outputs that an operator promises to whoever calls it."""
    beside = normal_name(target) in _FIRST_ONLY
    return [name for name in outputs if not (beside and name.startswith("out") and name != "out0")]
