"""What PyTorch's kernels of half precision keep in it between their steps, when a user's function calls them: noise of
honest answers, small beside a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from harness.lab.worker import attention
from tests.numerics.torchrun import golden_of, judged, op_case

HERE = "tests.numerics.test_kept."
HALF = ("bfloat16", "float16")


def masked_attention(q: Any, k: Any, v: Any) -> Any:
    """Attention of the last tokens to all before them."""
    n, m = q.shape[-2], k.shape[-2]
    return F.scaled_dot_product_attention(q, k, v, torch.ones(n, m, dtype=torch.bool, device=q.device).tril(m - n))


def self_attention(x: Any, w: Any, b: Any, out: Any) -> Any:
    """Three heads of four features."""
    found, _ = F.multi_head_attention_forward(
        x, x, x, 12, 3, w, b, None, None, False, 0.0, out, None, need_weights=False, training=False
    )
    return found


def fused_attention(x: Any, w: Any, b: Any, out: Any) -> Any:
    """The same as one kernel, which inference takes."""
    bias = x.new_zeros(12)
    return torch._native_multi_head_attention(x, x, x, 12, 3, w, b, out, bias, need_weights=False)[0]


def scaled_sum(x: Any, y: Any) -> Any:
    """x + 0.3y."""
    return torch.add(x, y, alpha=0.3)


def batch_normalised(x: Any, w: Any, b: Any) -> Any:
    """Each channel with its own mean and deviation."""
    return F.batch_norm(x, None, None, w, b, training=True)


def enlarged(x: Any) -> Any:
    """By cubic weights."""
    return F.interpolate(x, scale_factor=1.7, mode="bicubic")


def bilinear(x: Any, y: Any, w: Any) -> Any:
    """xᵀWy."""
    return F.bilinear(x, y, w)


def row_means(x: Any) -> Any:
    """Of every third row."""
    return x.new_zeros(3, x.shape[1]).index_reduce(0, torch.arange(x.shape[0], device=x.device) % 3, x, "mean")


def free_energy(x: Any) -> Any:
    """The logarithm of a sum of exponentials, near 0."""
    return torch.logsumexp(x, 1)


def unsure(x: Any) -> Any:
    """The cross-entropy of no label at all, which is small where x is far below 0."""
    return F.binary_cross_entropy_with_logits(x, torch.zeros_like(x), reduction="none")


def pooled_words(w: Any) -> Any:
    """Means of rows."""
    return F.embedding_bag(torch.arange(30, device=w.device).remainder(len(w)).reshape(5, 6), w, mode="mean")


def segments(x: Any) -> Any:
    """Sums of two, no, and the remaining rows."""
    lengths = torch.tensor([2, 0, x.shape[0] - 2], device=x.device)
    return torch._segment_reduce(x, "sum", lengths=lengths, axis=0, unsafe=True)


_SELF = {"x": (5, 2, 12), "w": (36, 12), "b": (36,), "out": (12, 12)}
FUNCTIONS: dict[str, dict[str, Any]] = {
    "masked_attention": {"q": (3, 2, 9, 8), "k": (3, 2, 14, 8), "v": (3, 2, 14, 8)},
    "self_attention": _SELF,
    "fused_attention": _SELF,
    "scaled_sum": {"x": (9, 33), "y": (9, 33)},
    "batch_normalised": {"x": (3, 6, 4), "w": (6,), "b": (6,)},
    "enlarged": {"x": (2, 3, 7, 8)},
    "bilinear": {"x": (9, 6), "y": (9, 7), "w": (5, 6, 7)},
    "row_means": {"x": (33, 9)},
    "free_energy": {"x": ((9, 33), "range:-4.5:-3")},
    "unsure": {"x": ((9, 33), "range:-4:-2")},
    "pooled_words": {"w": (13, 17)},
    "segments": {"x": (33, 9)},
}
GRADIENTS = ("masked_attention", "self_attention", "pooled_words")


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_honest_answer_passes_and_one_element_off_does_not(name: str, dtype: str) -> None:
    """PyTorch's own answers pass whatever the numbers are; an element off by 6% of the largest diverges; by 60% where
    terms cancel, as a gradient's do.
    """
    shapes = FUNCTIONS[name]
    grad = tuple(shapes) if name in GRADIENTS else ()
    for seed in range(1 if grad else 2):
        golden, arrays, run = golden_of(op_case(HERE + name, dtype, shapes, seed=seed, grad=grad))
        own = run(arrays, None)
        verdict = judged(golden, arrays, own, profile="cpu")
        assert verdict.status == "pass", verdict.message
    for output in own:
        wrong = own[output].astype(np.float64)
        off = 0.6 if output.startswith("grad.") or name == "unsure" else 0.06
        wrong.flat[int(np.abs(wrong).argmin())] += off * np.abs(wrong).max()
        changed = {**own, output: wrong.astype(own[output].dtype)}
        assert judged(golden, arrays, changed, profile="cpu").status == "diverged", output


@pytest.mark.parametrize("causal", [False, True])
def test_attentions_steps_are_those_of_its_kernel(causal: bool) -> None:
    """Output and log-sum-exp of the steps are those of the fused kernel, and so is the gradient made of them."""
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, 5, 8, dtype=torch.float64) for _ in range(3))
    mask = None if causal else torch.randn(5, 5, dtype=torch.float64)
    fused: Callable[..., Any] = getattr(torch.ops.aten, attention.FORWARD)
    for found, right in zip(
        attention.steps(q, k, v, 0.0, causal, attn_mask=mask), fused(q, k, v, 0.0, causal, attn_mask=mask), strict=True
    ):
        assert found.shape == right.shape
        torch.testing.assert_close(found, right)


def test_the_gradients_noise_is_of_the_gradients_size() -> None:
    """It says something: σ is a small part of the largest number, also where the gradient itself cancels to 0."""
    for dtype in ("float32", *HALF):
        golden, _, _ = golden_of(op_case(HERE + "self_attention", dtype, _SELF, grad=tuple(_SELF)))
        for output in golden.outputs:
            sigma = output.noise["sigma"].astype(np.float64)
            assert float(sigma.max()) < 0.1 * float(np.abs(output.y).max()), (dtype, output.name)
