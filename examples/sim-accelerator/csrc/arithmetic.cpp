#include "arithmetic.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "options.h"

namespace sim {
namespace {

constexpr int drop_to_11_bits = 13;  // TF32 and float16 keep 11 significant bits of float32's 24
constexpr int drop_to_8_bits = 16;   // bfloat16 keeps 8

template <typename To, typename From>
To bit_cast(From from) {
  static_assert(sizeof(To) == sizeof(From), "same size");
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

// floor(log2|x|) of a double that is a product of two floats: never subnormal unless zero.
int exponent(double x) { return int((bit_cast<uint64_t>(x) >> 52) & 0x7ff) - 1023; }

double power_of_two(int e) { return std::ldexp(1.0, e); }

// The float32 next to x towards zero; x has at most 53 significant bits.
float truncate(double x) {
  const float f = float(x);
  return std::fabs(double(f)) > std::fabs(x) ? std::nextafterf(f, 0.0f) : f;
}

int64_t random_below(int64_t n) {
  static thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_int_distribution<int64_t>(0, n - 1)(engine);
}

template <typename T>
void gemm_in_order(const T* a, const T* b, T* out, int64_t m, int64_t k, int64_t n) {
  std::fill(out, out + m * n, T(0));
  for (int64_t i = 0; i < m; ++i) {
    T* row = out + i * n;
    for (int64_t p = 0; p < k; ++p) {
      const T left = a[i * k + p];
      const T* right = b + p * n;
      for (int64_t j = 0; j < n; ++j) row[j] += left * right[j];
    }
  }
}

void gemm_acc16(const float* a, const float* b, float* out, int64_t m, int64_t k, int64_t n) {
  std::fill(out, out + m * n, 0.0f);
  for (int64_t i = 0; i < m; ++i) {
    float* row = out + i * n;
    for (int64_t p = 0; p < k; ++p) {
      for (int64_t j = 0; j < n; ++j) {
        row[j] = round_significand(row[j] + a[i * k + p] * b[p * n + j], drop_to_11_bits);
      }
    }
  }
}

void gemm_trunc(const float* a, const float* b, float* out, int64_t m, int64_t k, int64_t n) {
  const int block = options().block, neab = options().neab;
  std::vector<float> columns(size_t(k * n));
  for (int64_t p = 0; p < k; ++p) {
    for (int64_t j = 0; j < n; ++j) columns[j * k + p] = b[p * n + j];
  }
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      float acc = 0.0f;
      for (int64_t p = 0; p < k; p += block) {
        acc = block_fma(acc, a + i * k + p, &columns[j * k + p], int(std::min<int64_t>(block, k - p)), neab);
      }
      out[i * n + j] = acc;
    }
  }
}

template <typename T>
void lose_a_product(T* a, int64_t m, int64_t k) {
  for (int64_t i = 0; i < m && k > 0; ++i) a[i * k + random_below(k)] = T(0);
}

template <typename T>
void sum_rows_of(const T* x, T* out, int64_t rows, int64_t n, bool racing) {
  constexpr int64_t lanes = 32;
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t lost = racing && n > 1 ? random_below(n) : -1;
    T partial[lanes] = {};
    for (int64_t i = 0; i < n; ++i) {
      if (i != lost) partial[i % lanes] += x[r * n + i];
    }
    for (int64_t width = lanes / 2; width > 0; width /= 2) {
      for (int64_t i = 0; i < width; ++i) partial[i] += partial[i + width];
    }
    out[r] = partial[0];
  }
}

template <typename T>
void flush_all(T* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    if (std::fabs(x[i]) < std::numeric_limits<T>::min()) x[i] = std::copysign(T(0), x[i]);
  }
}

}  // namespace

float round_significand(float x, int bits) {
  if (!std::isfinite(x)) return x;
  const uint32_t word = bit_cast<uint32_t>(x);
  const uint32_t half_less_one = (1u << (bits - 1)) - 1;
  return bit_cast<float>((word + half_less_one + ((word >> bits) & 1)) & ~((1u << bits) - 1));
}

void flush(float* x, int64_t n) { flush_all(x, n); }
void flush(double* x, int64_t n) { flush_all(x, n); }

float block_fma(float acc, const float* a, const float* b, int n, int neab) {
  double terms[65];
  int largest = std::numeric_limits<int>::min();
  for (int i = 0; i <= n; ++i) {
    terms[i] = i < n ? double(a[i]) * double(b[i]) : double(acc);
    if (!std::isfinite(terms[i])) {  // the kind of the special value is all that is left to say
      float special = acc;
      for (int j = 0; j < n; ++j) special += a[j] * b[j];
      return special;
    }
    if (terms[i] != 0.0) largest = std::max(largest, exponent(terms[i]));
  }
  if (largest == std::numeric_limits<int>::min()) return 0.0f;
  const int last_bit = largest - 23 - neab;
  const double scale = power_of_two(-last_bit);
  int64_t sum = 0;
  for (int i = 0; i <= n; ++i) sum += int64_t(terms[i] * scale);  // the conversion truncates
  return truncate(double(sum) * power_of_two(last_bit));
}

void round_inputs(float* x, int64_t n) {
  const Inputs inputs = options().inputs;
  if (inputs == Inputs::exact) return;
  const int drop = inputs == Inputs::tf32 ? drop_to_11_bits : drop_to_8_bits;
  for (int64_t i = 0; i < n; ++i) x[i] = round_significand(x[i], drop);
}

void gemm(float* a, const float* b, float* out, int64_t m, int64_t k, int64_t n, bool racing) {
  if (racing) lose_a_product(a, m, k);
  switch (options().accumulator) {
    case Accumulator::f32: return gemm_in_order(a, b, out, m, k, n);
    case Accumulator::acc16: return gemm_acc16(a, b, out, m, k, n);
    case Accumulator::trunc: return gemm_trunc(a, b, out, m, k, n);
  }
}

void gemm(double* a, const double* b, double* out, int64_t m, int64_t k, int64_t n, bool racing) {
  if (racing) lose_a_product(a, m, k);
  gemm_in_order(a, b, out, m, k, n);
}

void sum_rows(const float* x, float* out, int64_t rows, int64_t n, bool racing) {
  sum_rows_of(x, out, rows, n, racing);
}
void sum_rows(const double* x, double* out, int64_t rows, int64_t n, bool racing) {
  sum_rows_of(x, out, rows, n, racing);
}

}  // namespace sim
