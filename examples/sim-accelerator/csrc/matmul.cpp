// Matrix products: every one of them, convolution's included, is the device's own gemm.
#include <ATen/ops/empty.h>

#include "arithmetic.h"
#include "device.h"
#include "matmul.h"

namespace sim {
namespace {

// a[m,k] b[k,n] of loaded factors; a is scratch.
at::Tensor product(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor left = a.contiguous(), right = b.contiguous();
  const int64_t m = left.size(0), k = left.size(1), n = right.size(1);
  at::Tensor out = at::empty({m, n}, left.options());
  if (left.scalar_type() == at::kDouble) {
    gemm(left.data_ptr<double>(), right.data_ptr<double>(), out.data_ptr<double>(), m, k, n, racing());
  } else {
    gemm(left.data_ptr<float>(), right.data_ptr<float>(), out.data_ptr<float>(), m, k, n, racing());
  }
  return out;
}

at::Tensor batched_product(const at::Tensor& a, const at::Tensor& b) {
  at::Tensor out = at::empty({a.size(0), a.size(1), b.size(2)}, a.options());
  for (int64_t i = 0; i < a.size(0); ++i) out[i].copy_(product(a[i], b[i]));
  return out;
}

void check_dtypes(const at::Tensor& a, const at::Tensor& b) {
  TORCH_CHECK(a.scalar_type() == b.scalar_type(), "expected both factors to have one dtype, got ", a.scalar_type(),
              " and ", b.scalar_type());
}

at::Tensor loaded_product(const at::Tensor& a, const at::Tensor& b) {
  check_dtypes(a, b);
  return a.dim() == 3 ? batched_product(load_factor(a), load_factor(b)) : product(load_factor(a), load_factor(b));
}

// beta * bias + alpha * value; where beta is 0 the bias is not read, so its NaN does not spread.
at::Tensor scaled(at::Tensor value, const at::Tensor& bias, const at::Scalar& beta, const at::Scalar& alpha) {
  if (alpha.toDouble() != 1) value = value.mul(alpha);
  return beta.toDouble() == 0 ? value : value.add(load(bias), beta);
}

at::Tensor& mm(const at::Tensor& a, const at::Tensor& b, at::Tensor& out) {
  store(out, loaded_product(a, b));
  return out;
}

at::Tensor& addmm(const at::Tensor& bias, const at::Tensor& a, const at::Tensor& b, const at::Scalar& beta,
                  const at::Scalar& alpha, at::Tensor& out) {
  store(out, scaled(loaded_product(a, b), bias, beta, alpha));
  return out;
}

at::Tensor& bmm(const at::Tensor& a, const at::Tensor& b, at::Tensor& out) {
  store(out, loaded_product(a, b));
  return out;
}

at::Tensor& baddbmm(const at::Tensor& bias, const at::Tensor& a, const at::Tensor& b, const at::Scalar& beta,
                    const at::Scalar& alpha, at::Tensor& out) {
  store(out, scaled(loaded_product(a, b), bias, beta, alpha));
  return out;
}

at::Tensor& addmv(const at::Tensor& bias, const at::Tensor& matrix, const at::Tensor& vector, const at::Scalar& beta,
                  const at::Scalar& alpha, at::Tensor& out) {
  store(out, scaled(loaded_product(matrix, vector.unsqueeze(1)).squeeze(1), bias, beta, alpha));
  return out;
}

at::Tensor dot(const at::Tensor& a, const at::Tensor& b) {
  TORCH_CHECK(a.dim() == 1 && b.dim() == 1 && a.numel() == b.numel(), "dot: two vectors of one length, got ",
              a.sizes(), " and ", b.sizes());
  at::Tensor out = empty_on_device({}, a.scalar_type());
  store(out, loaded_product(a.unsqueeze(0), b.unsqueeze(1)).reshape({}));
  return out;
}

const Kernels matrix_kernels{
    kernel("mm.out", &mm),           kernel("addmm.out", &addmm), kernel("bmm.out", &bmm),
    kernel("baddbmm.out", &baddbmm), kernel("addmv.out", &addmv), kernel("dot", &dot),
};

}  // namespace

at::Tensor load_factor(const at::Tensor& t) {
  at::Tensor value = load(t);
  if (t.scalar_type() == at::kFloat) round_inputs(value.data_ptr<float>(), value.numel());
  return value;
}

at::Tensor matrix_product(const at::Tensor& a, const at::Tensor& b) { return product(a, b); }

}  // namespace sim
