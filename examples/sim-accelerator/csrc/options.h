// What the device is told to be: its numerics and, if any, its fault. Knows nothing of torch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sim {

enum class Inputs { exact, tf32, bf16 };     // what a matmul does to its float32 inputs
enum class Accumulator { f32, acc16, trunc };  // how the matrix unit sums products
enum class Fault { none, wrong_tile, wrong_tail, stale, race, hang, crash, lost, fallback, zeros, stuck };

struct Options {
  Inputs inputs = Inputs::exact;
  Accumulator accumulator = Accumulator::f32;
  int block = 16;  // trunc: products added at once
  int neab = 2;    // trunc: extra alignment bits kept below float32's last one; may be negative
  bool flush_subnormals = false;
  bool saturate = false;
  Fault fault = Fault::none;
  std::vector<std::string> fault_ops;  // empty: the fault's own default
  int64_t tile = 16;                   // edge of the tile that wrong-tile and wrong-tail speak of
  std::string text;                    // as given
};

// Words separated by commas or colons. Throws std::invalid_argument naming what was expected and what came.
Options parse_options(const std::string& text);

const Options& options();
void set_options(Options options);

// "aten::_softmax.out" and "_softmax" read "softmax": one spelling for filters.
std::string plain_name(std::string op);

// Whether the configured fault strikes the op of this plain name.
bool strikes(const std::string& plain);

}  // namespace sim
