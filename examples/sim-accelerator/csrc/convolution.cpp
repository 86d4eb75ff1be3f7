// Convolution in any number of dimensions as a gemm over patches; both gradients and the transposed form are
// the same three functions called in another order.
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <tuple>
#include <vector>

#include "device.h"
#include "matmul.h"

namespace sim {

namespace {

using Ints = std::vector<int64_t>;

struct Window {
  at::IntArrayRef stride, padding, dilation;
  int64_t groups;
};

Ints spatial(const at::Tensor& t) { return t.sizes().slice(2).vec(); }

// x[N,C,*size] → view [N,C,*out,*kernel]: each output position beside what its kernel sees.
at::Tensor patches(const at::Tensor& x, const Ints& kernel, const Window& w) {
  Ints pads;
  for (size_t i = kernel.size(); i-- > 0;) pads.insert(pads.end(), {w.padding[i], w.padding[i]});
  const at::Tensor padded = at::constant_pad_nd(x, pads).contiguous();
  Ints sizes{x.size(0), x.size(1)}, strides{padded.stride(0), padded.stride(1)};
  for (size_t i = 0; i < kernel.size(); ++i) {
    sizes.push_back((padded.size(2 + i) - w.dilation[i] * (kernel[i] - 1) - 1) / w.stride[i] + 1);
    strides.push_back(padded.stride(2 + i) * w.stride[i]);
  }
  for (size_t i = 0; i < kernel.size(); ++i) {
    sizes.push_back(kernel[i]);
    strides.push_back(padded.stride(2 + i) * w.dilation[i]);
  }
  return padded.as_strided(sizes, strides);
}

// [N,C,*out,*kernel] → one group's matrix [N·out, C/groups·kernel]
at::Tensor patch_matrix(const at::Tensor& all, int64_t group, int64_t groups) {
  const int64_t channels = all.size(1) / groups, dims = (all.dim() - 2) / 2;
  Ints order{0};
  for (int64_t i = 0; i < dims; ++i) order.push_back(2 + i);
  order.push_back(1);
  for (int64_t i = 0; i < dims; ++i) order.push_back(2 + dims + i);
  const at::Tensor part = all.narrow(1, group * channels, channels).permute(order);
  int64_t rows = 1;
  for (int64_t i = 0; i <= dims; ++i) rows *= part.size(i);
  return part.reshape({rows, rows == 0 ? 0 : part.numel() / rows});
}

// y[N,O,*out] of x[N,C,*] and weight[O,C/groups,*kernel]
at::Tensor correlate(const at::Tensor& x, const at::Tensor& weight, const Window& w) {
  const at::Tensor all = patches(x, spatial(weight), w);
  const int64_t per_group = weight.size(0) / w.groups, dims = weight.dim() - 2;
  Ints sizes = all.sizes().slice(0, 2 + dims).vec();
  sizes[1] = weight.size(0);
  at::Tensor out = at::empty(sizes, x.options());
  for (int64_t g = 0; g < w.groups; ++g) {
    const at::Tensor filters = weight.narrow(0, g * per_group, per_group).reshape({per_group, -1});
    at::Tensor part = out.narrow(1, g * per_group, per_group).movedim(1, -1);
    part.copy_(matrix_product(patch_matrix(all, g, w.groups), filters.t()).view(part.sizes()));
  }
  return out;
}

// d/dweight: grad[N,O,*out] against what each weight saw
at::Tensor correlate_weight_grad(const at::Tensor& grad, const at::Tensor& x, at::IntArrayRef weight_size,
                                 const Window& w) {
  const at::Tensor all = patches(x, weight_size.slice(2).vec(), w);
  const int64_t per_group = weight_size[0] / w.groups;
  at::Tensor out = at::empty(weight_size, x.options());
  for (int64_t g = 0; g < w.groups; ++g) {
    const at::Tensor rows = grad.narrow(1, g * per_group, per_group).transpose(0, 1).reshape({per_group, -1});
    at::Tensor part = out.narrow(0, g * per_group, per_group);
    part.copy_(matrix_product(rows, patch_matrix(all, g, w.groups)).view(part.sizes()));
  }
  return out;
}

// d/dx: grad spread out by the stride, correlated with the mirrored weight; also the transposed convolution
at::Tensor correlate_input_grad(const at::Tensor& grad, const at::Tensor& weight, const Ints& size, const Window& w) {
  const int64_t dims = weight.dim() - 2, channels = weight.size(1);
  const Ints kernel = spatial(weight);
  Ints spread_size{grad.size(0), grad.size(1)}, mirrored_dims, pads, ones(dims, 1), none(dims, 0);
  for (int64_t i = 0; i < dims; ++i) {
    spread_size.push_back((grad.size(2 + i) - 1) * w.stride[i] + 1);
    mirrored_dims.push_back(2 + i);
  }
  at::Tensor spread = at::zeros(spread_size, grad.options()), holes = spread;
  for (int64_t i = 0; i < dims; ++i) holes = holes.slice(2 + i, 0, std::nullopt, w.stride[i]);
  holes.copy_(grad);
  for (int64_t i = dims; i-- > 0;) {
    const int64_t reach = w.dilation[i] * (kernel[i] - 1), left = reach - w.padding[i];
    pads.insert(pads.end(), {left, size[i] - spread_size[2 + i] - left + reach});
  }
  Ints grouped{w.groups, weight.size(0) / w.groups, channels}, mirrored_size{w.groups * channels, grouped[1]};
  grouped.insert(grouped.end(), kernel.begin(), kernel.end());
  mirrored_size.insert(mirrored_size.end(), kernel.begin(), kernel.end());
  const at::Tensor mirrored = weight.flip(mirrored_dims).reshape(grouped).transpose(1, 2).reshape(mirrored_size);
  return correlate(at::constant_pad_nd(spread, pads), mirrored, {ones, none, w.dilation, w.groups});
}

at::Tensor on_device_like(const at::Tensor& value, const at::Tensor& like, at::MemoryFormat format) {
  at::Tensor out = at::empty(value.sizes(), like.options(), format);
  store(out, value);
  return out;
}

at::MemoryFormat format_of(const at::Tensor& x, const at::Tensor& weight) {
  const auto own = x.suggest_memory_format();
  return own == at::MemoryFormat::Contiguous ? weight.suggest_memory_format() : own;
}

at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                       at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                       at::IntArrayRef output_padding, int64_t groups) {
  const Window w{stride, padding, dilation, groups};
  const at::Tensor input = load_factor(x), filters = load_factor(weight);
  Ints size;
  for (size_t i = 0; transposed && i < stride.size(); ++i) {
    size.push_back((x.size(2 + i) - 1) * stride[i] - 2 * padding[i] + dilation[i] * (weight.size(2 + i) - 1) +
                   output_padding[i] + 1);
  }
  at::Tensor value = transposed ? correlate_input_grad(input, filters, size, w) : correlate(input, filters, w);
  if (bias && bias->defined()) {
    Ints channel_first(size_t(value.dim()), 1);
    channel_first[1] = -1;
    value = value.add(load(*bias).view(channel_first));
  }
  return on_device_like(value, x, format_of(x, weight));
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_backward(
    const at::Tensor& grad_output, const at::Tensor& x, const at::Tensor& weight, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed, at::IntArrayRef, int64_t groups,
    std::array<bool, 3> wanted) {
  const Window w{stride, padding, dilation, groups};
  const at::Tensor grad = load_factor(grad_output), input = load_factor(x), filters = load_factor(weight);
  const auto format = format_of(x, weight);
  at::Tensor to_input, to_weight, to_bias;
  if (wanted[0]) {
    to_input = on_device_like(
        transposed ? correlate(grad, filters, w) : correlate_input_grad(grad, filters, spatial(input), w), x, format);
  }
  if (wanted[1]) {
    to_weight = on_device_like(transposed ? correlate_weight_grad(input, grad, weight.sizes(), w)
                                          : correlate_weight_grad(grad, input, weight.sizes(), w),
                               weight, format);
  }
  if (wanted[2]) {
    Ints all_but_channels{0};
    for (int64_t i = 2; i < grad.dim(); ++i) all_but_channels.push_back(i);
    to_bias = on_device_like(load(grad_output).sum(all_but_channels), weight, at::MemoryFormat::Contiguous);
  }
  return {to_input, to_weight, to_bias};
}

const Kernels convolution_kernels{
    kernel("convolution_overrideable", &convolution),
    kernel("convolution_backward_overrideable", &convolution_backward),
};

}  // namespace
}  // namespace sim
