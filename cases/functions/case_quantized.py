"""Linear layers on 8-bit codes, as quantised models run them: dequantised to floats, or quantised again."""

from harness import case, tensor


@case(
    dtypes=["int8"],
    values=["wide"],
    rule="quantized-linear",
    grid={"input_scale": [0.0625], "input_zero_point": [3]},
)
def dequantized_linear(
    input=tensor(9, 65),
    weight=tensor(24, 65),
    weight_scale=tensor(24, dtype="float32", values="positive"),
    bias=tensor(24, dtype="float32", values="normal"),
    input_scale=None,
    input_zero_point=None,
):
    """Codes times codes, one weight scale an output channel; the answer in float32."""
    from torch.nn import functional as F

    x = (input.float() - input_zero_point) * input_scale
    return F.linear(x, weight.float() * weight_scale[:, None], bias)


@case(
    dtypes=["int8", "uint8"],
    values=["wide"],
    rule="quantized-linear",
    grid={"input_scale": [0.0625], "input_zero_point": [3], "output_scale": [384.0], "output_zero_point": [5]},
)
def requantized_linear(
    input=tensor(9, 65),
    weight=tensor(24, 65, dtype="int8"),
    weight_scale=tensor(24, dtype="float32", values="positive"),
    input_scale=None,
    input_zero_point=None,
    output_scale=None,
    output_zero_point=None,
):
    """The same, and back to codes of the input's dtype: rounded to even, saturated."""
    import torch
    from torch.nn import functional as F

    x = (input.float() - input_zero_point) * input_scale
    y = F.linear(x, weight.float() * weight_scale[:, None])
    low, high = (0, 255) if input.dtype == torch.uint8 else (-128, 127)
    return torch.clamp(torch.round(y / output_scale) + output_zero_point, low, high).to(input.dtype)
