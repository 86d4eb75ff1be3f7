// What the torch-facing files share: the device's memory, and how a kernel joins it.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/boxing/KernelFunction.h>
#include <c10/core/Allocator.h>

#include <initializer_list>

namespace sim {

constexpr auto device_type = c10::DeviceType::PrivateUse1;

c10::Allocator* device_allocator();

inline bool on_device(const at::Tensor& t) { return t.defined() && t.device().type() == device_type; }

// A CPU tensor over the same bytes: device memory is host memory, and only this library knows.
at::Tensor host_view(const at::Tensor& t);

// A dense CPU copy in the type the arithmetic runs in (float64 stays, the rest is float32), inputs flushed
// if the device flushes.
at::Tensor load(const at::Tensor& t);

// Rounds `value` (from `load` and arithmetic) once to out's dtype and writes it, flushed if the device flushes.
void store(const at::Tensor& out, at::Tensor value);

// at::empty on this device.
at::Tensor empty_on_device(at::IntArrayRef size, at::ScalarType dtype);

// True in a kernel that the fault `race` strikes.
bool racing();

// One op of the device: its name with overload, and the kernel for real floating inputs. Other inputs, and
// every op given without a kernel, run the host's code over device memory.
struct Kernel {
  const char* name;
  c10::KernelFunction compute = {};
};

// What an op does with values: one that only moves or chooses among them keeps subnormals whatever the options.
enum class Kind { arithmetic, movement };

// Static registration: `static const Kernels kernels{...};`
struct Kernels {
  Kernels(std::initializer_list<Kernel> list) : Kernels(Kind::arithmetic, list) {}
  Kernels(Kind kind, std::initializer_list<Kernel> list);
};

template <typename Function>
Kernel kernel(const char* name, Function* function) {
  return {name, c10::KernelFunction::makeFromUnboxedRuntimeFunction(function)};
}

}  // namespace sim
