// Random numbers, as the launcher needs them.
#pragma once

#include <ATen/core/Generator.h>

namespace sim {

const at::Generator& default_generator();

// The CPU generator behind a generator of this device; drawing from it advances the device's.
at::Generator host_generator(const at::Generator& generator);

}  // namespace sim
