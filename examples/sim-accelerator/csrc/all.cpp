// All of the device in one translation unit: torch's headers take five seconds to read, and would be read ten times.
// Names within `namespace {` are therefore unique among these files.
#include "arithmetic.cpp"
#include "bindings.cpp"
#include "convolution.cpp"
#include "faults.cpp"
#include "launch.cpp"
#include "matmul.cpp"
#include "memory.cpp"
#include "options.cpp"
#include "pointwise.cpp"
#include "reduction.cpp"
#include "runtime.cpp"
