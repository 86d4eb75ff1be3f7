// The device's arithmetic on plain arrays: roundings, dot products, sums. Knows nothing of torch.
#pragma once

#include <cstdint>

namespace sim {

// Rounds to nearest even, dropping the low `bits` of float32's significand; NaN and infinity stay.
float round_significand(float x, int bits);

// Writes zero (of the same sign) over every subnormal of x[0..n).
void flush(float* x, int64_t n);
void flush(double* x, int64_t n);

// acc + sum a[i]*b[i] as one block of a tensor core: products exact, each term cut to a multiple of
// 2^(emax - 23 - neab) where emax is the largest exponent among them, the sum cut to float32.
// (Khattak and Mikaitis, "Accurate models of NVIDIA tensor cores".)
float block_fma(float acc, const float* a, const float* b, int n, int neab);

// What a matrix unit does to its float32 inputs before it multiplies: rounds them in place, if so configured.
void round_inputs(float* x, int64_t n);

// out[m,n] = a[m,k] b[k,n], row-major and dense, with the configured accumulator; float64 is summed in order
// whatever the options: no unit of this device narrows it. `a` is scratch: `racing` loses one random product a row.
void gemm(float* a, const float* b, float* out, int64_t m, int64_t k, int64_t n, bool racing);
void gemm(double* a, const double* b, double* out, int64_t m, int64_t k, int64_t n, bool racing);

// out[r] = sum of x[r, 0..n): 32 running sums, then pairwise, as a GPU's warp does it.
// `racing` loses one random term a row. The accumulator's options do not reach it: they are the matrix unit's.
void sum_rows(const float* x, float* out, int64_t rows, int64_t n, bool racing);
void sum_rows(const double* x, double* out, int64_t rows, int64_t n, bool racing);

}  // namespace sim
