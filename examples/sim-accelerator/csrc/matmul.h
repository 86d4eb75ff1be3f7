// The matrix unit, as convolution uses it.
#pragma once

#include <ATen/core/Tensor.h>

namespace sim {

// `load`, and what the matrix unit does to inputs of that dtype: float32 is rounded if so configured.
at::Tensor load_factor(const at::Tensor& t);

// a[m,k] b[k,n] of loaded factors; a may be changed.
at::Tensor matrix_product(const at::Tensor& a, const at::Tensor& b);

}  // namespace sim
