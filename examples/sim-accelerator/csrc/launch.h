// What the launcher has counted and what it can launch.
#pragma once

#include <ATen/core/Dict.h>

#include <string>
#include <vector>

namespace sim {

c10::Dict<std::string, int64_t> launches();
c10::Dict<std::string, int64_t> fallbacks();
void reset_counts();

// Plain names of the ops that have a kernel here, sorted.
std::vector<std::string> kernel_names();

}  // namespace sim
