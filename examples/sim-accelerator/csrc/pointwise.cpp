// Element by element. Where the rounding is a matter of choice (exp, sqrt, gelu) the code is the device's own; where
// IEEE leaves no choice, or the op moves or compares values, the host's code runs over device memory: the same
// bits but for flushing. An op that is in neither list falls back to the CPU, and is counted.
#include <c10/util/string_view.h>

#include <cmath>

#include "device.h"

namespace sim {
namespace {

template <typename Function>
void map_into(const at::Tensor& x, at::Tensor& out, Function function) {
  const at::Tensor value = load(x);
  const auto apply = [&](auto* data) {
    for (int64_t i = 0; i < value.numel(); ++i) data[i] = function(data[i]);
  };
  if (value.scalar_type() == at::kDouble) apply(value.data_ptr<double>());
  else apply(value.data_ptr<float>());
  store(out, value);
}

at::Tensor& exp(const at::Tensor& x, at::Tensor& out) {
  map_into(x, out, [](auto v) { return std::exp(v); });
  return out;
}

// The host's vectorised square root is not always the nearest; the instruction's is.
at::Tensor& sqrt(const at::Tensor& x, at::Tensor& out) {
  map_into(x, out, [](auto v) { return std::sqrt(v); });
  return out;
}

at::Tensor& gelu(const at::Tensor& x, std::string_view approximate, at::Tensor& out) {
  if (approximate == "tanh") {
    map_into(x, out, [](auto v) {
      using T = decltype(v);
      return T(0.5) * v * (T(1) + std::tanh(T(0.7978845608028654) * (v + T(0.044715) * v * v * v)));
    });
  } else {
    map_into(x, out, [](auto v) {
      using T = decltype(v);
      return T(0.5) * v * std::erfc(-v * T(0.7071067811865476));
    });
  }
  return out;
}

const Kernels own_pointwise{kernel("exp.out", &exp), kernel("sqrt.out", &sqrt), kernel("gelu.out", &gelu)};

// clang-format off
const Kernels borrowed_arithmetic{
    // arithmetic
    {"add.out"}, {"sub.out"}, {"mul.out"}, {"div.out"}, {"div.out_mode"}, {"neg.out"}, {"abs.out"}, {"sign.out"},
    {"reciprocal.out"}, {"rsqrt.out"}, {"fmod.Tensor_out"}, {"remainder.Tensor_out"},
    {"addcmul.out"}, {"addcdiv.out"}, {"lerp.Scalar_out"}, {"lerp.Tensor_out"}, {"floor.out"}, {"ceil.out"},
    {"round.out"}, {"trunc.out"}, {"rsub.Tensor"}, {"rsub.Scalar"},
    // functions
    {"log.out"}, {"log1p.out"}, {"log2.out"}, {"expm1.out"}, {"exp2.out"}, {"sin.out"}, {"cos.out"}, {"tanh.out"},
    {"erf.out"}, {"sigmoid.out"}, {"pow.Tensor_Tensor_out"}, {"pow.Tensor_Scalar_out"}, {"pow.Scalar_out"},
    {"relu"}, {"relu_"}, {"silu.out"}, {"softplus.out"}, {"leaky_relu.out"}, {"elu.out"}, {"hardtanh"},
    {"mish.out"}, {"hardswish"},
    // comparisons
    {"eq.Tensor_out"}, {"ne.Tensor_out"}, {"lt.Tensor_out"}, {"le.Tensor_out"}, {"gt.Tensor_out"}, {"ge.Tensor_out"},
    {"eq.Scalar_out"}, {"ne.Scalar_out"}, {"lt.Scalar_out"}, {"le.Scalar_out"}, {"gt.Scalar_out"}, {"ge.Scalar_out"},
    // reductions and scans that round at most as the host does
    {"prod.int_out"}, {"prod"}, {"cumsum.out"}, {"cumprod.out"}, {"var.correction"}, {"std.correction"},
    {"logsumexp.out"}, {"linalg_vector_norm.out"}, {"linspace.out"}, {"scatter_add.out"}, {"index_add.out"},
    {"_index_put_impl_"},
    // layers
    {"embedding_dense_backward"}, {"_embedding_bag"}, {"_embedding_bag_forward_only"},
    {"_embedding_bag_dense_backward"}, {"native_group_norm"}, {"native_group_norm_backward"}, {"native_batch_norm"},
    {"native_batch_norm_backward"}, {"avg_pool2d.out"}, {"avg_pool2d_backward.grad_input"}, {"_adaptive_avg_pool2d"},
    {"_adaptive_avg_pool2d_backward"}, {"nll_loss_forward.output"}, {"nll_loss_backward.grad_input"},
    {"mse_loss"}, {"mse_loss_backward"}, {"native_dropout"}, {"native_dropout_backward"},
    // backward passes
    {"threshold_backward.grad_input"}, {"gelu_backward.grad_input"}, {"silu_backward.grad_input"}, {"silu_backward"},
    {"sigmoid_backward.grad_input"}, {"tanh_backward.grad_input"}, {"_softmax_backward_data.out"},
    {"_log_softmax_backward_data.out"}, {"native_layer_norm_backward"},
};

const Kernels borrowed_movement{Kind::movement, {
    // choosing
    {"maximum.out"}, {"minimum.out"}, {"clamp.out"}, {"clamp.Tensor_out"}, {"clamp_min.out"}, {"clamp_max.out"},
    {"where.self"}, {"where.self_out"}, {"amax.out"}, {"amin.out"}, {"aminmax.out"}, {"max"}, {"min"}, {"max.dim_max"},
    {"min.dim_min"}, {"argmax.out"}, {"argmin.out"}, {"topk.values"}, {"sort.values_stable"},
    {"max_pool2d_with_indices.out"}, {"max_pool2d_with_indices_backward.grad_input"},
    // bits and truth
    {"isnan"}, {"isin.Tensor_Tensor_out"}, {"equal"}, {"all.out"}, {"any.out"}, {"all.all_out"}, {"any.all_out"},
    {"logical_not.out"}, {"logical_and.out"}, {"logical_or.out"}, {"logical_xor.out"}, {"bitwise_not.out"},
    {"bitwise_and.Tensor_out"}, {"bitwise_or.Tensor_out"}, {"bitwise_xor.Tensor_out"}, {"__lshift__.Tensor"},
    {"__rshift__.Tensor"}, {"nonzero"},
    // placing
    {"fill_.Tensor"}, {"arange.start_out"}, {"eye.m_out"}, {"cat.out"}, {"index.Tensor_out"}, {"index_select"},
    {"gather.out"}, {"scatter.src_out"}, {"scatter.value_out"}, {"masked_fill_.Scalar"}, {"masked_fill_.Tensor"},
    {"masked_select"}, {"masked_scatter_"}, {"tril.out"}, {"triu.out"}, {"flip"}, {"roll"},
    {"upsample_nearest2d.out"}, {"upsample_nearest2d_backward.grad_input"},
    // random numbers, drawn from the device's generator
    {"normal_"}, {"uniform_"}, {"bernoulli_.float"}, {"bernoulli.out"}, {"random_"}, {"random_.from"},
    {"random_.to"}, {"exponential_"}, {"multinomial"}, {"randperm.generator_out"},
}};
// clang-format on

}  // namespace
}  // namespace sim
