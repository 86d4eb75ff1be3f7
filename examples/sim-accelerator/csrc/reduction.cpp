// Reductions along dimensions: sum, mean, softmax, layer norm. Sums are the device's own; what follows a sum is
// elementwise in the accumulator's type.
#include <ATen/WrapDimUtilsMulti.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <tuple>
#include <vector>

#include "arithmetic.h"
#include "device.h"

namespace sim {
namespace {

// sums[rows] of x[rows, n]
at::Tensor row_sums(const at::Tensor& x) {
  const at::Tensor dense = x.contiguous();
  at::Tensor out = at::zeros({x.size(0)}, x.options());
  if (x.scalar_type() == at::kDouble) {
    sum_rows(dense.data_ptr<double>(), out.data_ptr<double>(), x.size(0), x.size(1), racing());
  } else {
    sum_rows(dense.data_ptr<float>(), out.data_ptr<float>(), x.size(0), x.size(1), racing());
  }
  return out;
}

// x seen as [rows, n], n over `dims` (all of them if that is empty or absent)
at::Tensor as_rows(const at::Tensor& x, at::OptionalIntArrayRef dims) {
  if (dims && dims->empty()) dims = std::nullopt;
  const auto reduced = at::dim_list_to_bitset(dims, x.dim());
  std::vector<int64_t> order, last;
  int64_t rows = 1, n = 1;
  for (int64_t i = 0; i < x.dim(); ++i) {
    (reduced[i] ? last : order).push_back(i);
    (reduced[i] ? n : rows) *= x.size(i);
  }
  order.insert(order.end(), last.begin(), last.end());
  return x.permute(order).reshape({rows, n});
}

at::Tensor rows_to_reduce(const at::Tensor& x, at::OptionalIntArrayRef dims, const at::Tensor& out) {
  const at::Tensor value = load(x);
  return as_rows(out.scalar_type() == at::kDouble ? value.to(at::kDouble) : value, dims);
}

at::Tensor& sum(const at::Tensor& x, at::OptionalIntArrayRef dims, bool, std::optional<at::ScalarType>,
                at::Tensor& out) {
  store(out, row_sums(rows_to_reduce(x, dims, out)).view(out.sizes()));
  return out;
}

at::Tensor& mean(const at::Tensor& x, at::OptionalIntArrayRef dims, bool, std::optional<at::ScalarType>,
                 at::Tensor& out) {
  const at::Tensor rows = rows_to_reduce(x, dims, out);
  store(out, row_sums(rows).div(rows.size(1)).view(out.sizes()));
  return out;
}

// x - max along dim, and the sums of its exponentials, the reduced dimension kept
std::tuple<at::Tensor, at::Tensor> shifted_and_sums(const at::Tensor& x, int64_t dim) {
  const at::Tensor shifted = x.sub(x.amax(dim, /*keepdim=*/true));
  const at::Tensor rows = shifted.exp().movedim(dim, -1);
  auto sizes = rows.sizes().vec();
  const int64_t n = sizes.back();
  sizes.back() = 1;
  return {shifted, row_sums(rows.reshape({-1, n})).view(sizes).movedim(-1, dim)};
}

at::Tensor loaded_vector(const at::Tensor& x) { return x.dim() == 0 ? load(x).unsqueeze(0) : load(x); }

at::Tensor& softmax(const at::Tensor& x, int64_t dim, bool, at::Tensor& out) {
  if (x.numel() == 0) return out;
  const auto [shifted, sums] = shifted_and_sums(loaded_vector(x), dim);
  store(out, shifted.exp().div(sums).view(out.sizes()));
  return out;
}

at::Tensor& log_softmax(const at::Tensor& x, int64_t dim, bool, at::Tensor& out) {
  if (x.numel() == 0) return out;
  const auto [shifted, sums] = shifted_and_sums(loaded_vector(x), dim);
  store(out, shifted.sub(sums.log()).view(out.sizes()));
  return out;
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> layer_norm(const at::Tensor& x, at::IntArrayRef normalized,
                                                          const std::optional<at::Tensor>& weight,
                                                          const std::optional<at::Tensor>& bias, double eps) {
  const int64_t kept = x.dim() - int64_t(normalized.size());
  TORCH_CHECK(kept >= 0 && x.sizes().slice(kept).equals(normalized), "layer_norm: wanted an input ending in ",
              normalized, ", got ", x.sizes());
  auto statistic_sizes = x.sizes().slice(0, kept).vec();
  statistic_sizes.resize(size_t(x.dim()), 1);
  // As the CPU's: statistics in float32 where the weight is wider than the input, else in the input's dtype.
  const bool mixed = weight && weight->defined() && weight->scalar_type() != x.scalar_type();
  const auto statistic_dtype = mixed ? at::kFloat : x.scalar_type();
  at::Tensor out = at::empty(x.sizes(), x.options());
  at::Tensor means = empty_on_device(statistic_sizes, statistic_dtype);
  at::Tensor rstds = empty_on_device(statistic_sizes, statistic_dtype);
  int64_t n = 1;
  for (const int64_t size : normalized) n *= size;
  if (x.numel() == 0) return {out, means.fill_(0), rstds.fill_(0)};

  const at::Tensor rows = load(x).reshape({-1, n});
  const at::Tensor mean = row_sums(rows).div(n).unsqueeze(1);
  const at::Tensor centred = rows.sub(mean);
  const at::Tensor rstd = row_sums(centred.mul(centred)).div(n).add(eps).rsqrt().unsqueeze(1);
  at::Tensor value = centred.mul(rstd);
  if (weight && weight->defined()) value = value.mul(load(*weight).reshape({1, n}));
  if (bias && bias->defined()) value = value.add(load(*bias).reshape({1, n}));
  store(out, value.view(x.sizes()));
  store(means, mean.view(statistic_sizes));
  store(rstds, rstd.view(statistic_sizes));
  return {out, means, rstds};
}

const Kernels reduction_kernels{
    kernel("sum.IntList_out", &sum),
    kernel("mean.out", &mean),
    kernel("_softmax.out", &softmax),
    kernel("_log_softmax.out", &log_softmax),
    kernel("native_layer_norm", &layer_norm),
};

}  // namespace
}  // namespace sim
