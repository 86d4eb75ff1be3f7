// What Python calls: torch.ops.lockstep_sim.*. Registered as operators, the library needs no Python header.
#include <torch/library.h>

#include <algorithm>
#include <stdexcept>

#include "faults.h"
#include "launch.h"
#include "options.h"
#include "runtime.h"

namespace sim {
namespace {

void configure(const std::string& text) {
  Options parsed;
  try {
    parsed = parse_options(text);
  } catch (const std::invalid_argument& error) {
    TORCH_CHECK_VALUE(false, error.what());
  }
  const auto known = kernel_names();
  for (const auto& op : parsed.fault_ops) {
    TORCH_CHECK_VALUE(std::binary_search(known.begin(), known.end(), op),
                      "lockstep_sim: a fault can strike only the device's own kernels, and '", op,
                      "' is none of them; lockstep_sim.kernels() lists them");
  }
  set_options(std::move(parsed));
  forget_stale_outputs();
}

void manual_seed(int64_t seed) { at::Generator(default_generator()).set_current_seed(uint64_t(seed)); }
at::Tensor get_rng_state() { return default_generator().get_state(); }
void set_rng_state(const at::Tensor& state) { at::Generator(default_generator()).set_state(state); }

TORCH_LIBRARY(lockstep_sim, m) {
  m.def("configure(str options) -> ()", &configure);
  m.def("configuration() -> str", [] { return options().text; });
  m.def("kernels() -> str[]", &kernel_names);
  m.def("launches() -> Dict(str, int)", &launches);
  m.def("fallbacks() -> Dict(str, int)", &fallbacks);
  m.def("reset() -> ()", &reset_counts);
  m.def("manual_seed(int seed) -> ()", &manual_seed);
  m.def("get_rng_state() -> Tensor", &get_rng_state);
  m.def("set_rng_state(Tensor state) -> ()", &set_rng_state);
}

}  // namespace
}  // namespace sim
