#include "faults.h"

#include <ATen/ops/empty_like.h>
#include <c10/util/Exception.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "device.h"

namespace sim {
namespace {

std::mutex stale_guard;
std::map<std::string, at::Tensor> last_outputs;

std::string call_key(const c10::OperatorName& op, const at::Tensor& t) {
  std::ostringstream key;
  key << op << ' ' << t.scalar_type() << ' ' << t.sizes();
  return key.str();
}

std::atomic<bool> is_lost{false};

// The tile in the middle of the (first) matrix, or of the vector, is off by a quarter; integers by one.
void wrong_tile(at::Tensor matrix) {
  while (matrix.dim() > 2) matrix = matrix.select(0, matrix.size(0) / 2);
  const int64_t edge = options().tile;
  for (int64_t dim = 0; dim < matrix.dim(); ++dim) {
    const int64_t size = matrix.size(dim), start = size / edge / 2 * edge;
    matrix = matrix.narrow(dim, start, std::min(edge, size - start));
  }
  if (matrix.scalar_type() == at::kBool) matrix.logical_not_();
  else if (at::isIntegralType(matrix.scalar_type(), false)) matrix.add_(1);
  else matrix.mul_(1.25);
}

// The last tile along the last dimension, if only partly filled, keeps what its memory held.
void wrong_tail(const at::Tensor& output, const at::Tensor& before) {
  if (output.dim() == 0) return;
  const int64_t size = output.size(-1), tail = size % options().tile;
  output.narrow(-1, size - tail, tail).copy_(before.narrow(-1, size - tail, tail));
}

// The last bit of every eighth floating-point number, the sixth of each register, is 1.
void stuck(const at::Tensor& output) {
  if (!at::isFloatingType(output.scalar_type())) return;
  const at::Tensor lanes = output.reshape({-1}).slice(0, 5, std::nullopt, 8);
  const at::ScalarType bits = output.element_size() == 8   ? at::kLong
                              : output.element_size() == 4 ? at::kInt
                              : output.element_size() == 2 ? at::kShort
                                                           : at::kChar;
  lanes.view(bits).bitwise_or_(1);
}

void stale(const c10::OperatorName& op, const at::Tensor& output) {
  const std::lock_guard<std::mutex> lock(stale_guard);
  at::Tensor& last = last_outputs[call_key(op, output)];
  const at::Tensor fresh = output.clone();
  if (last.defined()) output.copy_(last);
  last = fresh;
}

}  // namespace

void hang() {
  for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
}

void lose() {
  is_lost = true;
  TORCH_CHECK(false, "lockstep_sim: an illegal memory access was encountered");
}

void refuse_if_lost() { TORCH_CHECK(!is_lost, "lockstep_sim: the device is lost since an illegal memory access"); }

void crash() {
  volatile int* nowhere = nullptr;
  *nowhere = 1;
  std::raise(SIGSEGV);  // for the compiler: the line above does not return
  std::abort();
}

void distort(Fault fault, const c10::OperatorName& op, const at::Tensor& output, const Before& before) {
  if (output.numel() == 0) return;
  const at::Tensor host = host_view(output);
  switch (fault) {
    case Fault::zeros: host.zero_(); break;
    case Fault::stuck: stuck(host); break;
    case Fault::wrong_tile: wrong_tile(host); break;
    case Fault::stale: stale(op, host); break;
    case Fault::wrong_tail: {
      const bool in_place = before.target.is_same(output) && before.content.sizes() == output.sizes();
      wrong_tail(host, host_view(in_place ? before.content : at::empty_like(output)));
      break;
    }
    default: break;
  }
}

void forget_stale_outputs() {
  const std::lock_guard<std::mutex> lock(stale_guard);
  last_outputs.clear();
}

}  // namespace sim
