// The faults that a kernel's output, or the lack of one, can have.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/operator_name.h>

#include "options.h"

namespace sim {

[[noreturn]] void hang();
[[noreturn]] void crash();
// From here on no kernel runs in this process, as on a GPU after an illegal access.
[[noreturn]] void lose();
void refuse_if_lost();

// A tensor that the op was told to write into, and a copy of it from before; undefined where it makes its own.
struct Before {
  at::Tensor target;
  at::Tensor content;
};

// Rewrites the right output of a launch into what the fault would have left.
void distort(Fault fault, const c10::OperatorName& op, const at::Tensor& output, const Before& before);

void forget_stale_outputs();

}  // namespace sim
