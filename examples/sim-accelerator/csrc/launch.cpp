// Every op but the moving of memory passes here: it is launched on the device, or falls back to the CPU; either
// is counted, and the configured fault strikes here.
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

#include "arithmetic.h"
#include "device.h"
#include "faults.h"
#include "launch.h"
#include "options.h"
#include "runtime.h"

namespace sim {
namespace {

using Stack = torch::jit::Stack;
using Counts = std::map<std::string, int64_t>;

struct Entry {
  c10::KernelFunction compute;
  Kind kind;
};

std::unordered_map<c10::OperatorName, Entry>& table() {
  static std::unordered_map<c10::OperatorName, Entry> value;
  return value;
}

std::mutex counting;  // autograd launches from threads of its own
Counts launched, fell_back;

void count(Counts& counts, const c10::OperatorHandle& op) {
  std::string name = op.schema().name();
  name.replace(name.find("::"), 2, ".");
  name += "." + (op.schema().overload_name().empty() ? "default" : op.schema().overload_name());
  const std::lock_guard<std::mutex> lock(counting);
  ++counts[name];
}

c10::Dict<std::string, int64_t> snapshot(const Counts& counts) {
  const std::lock_guard<std::mutex> lock(counting);
  c10::Dict<std::string, int64_t> copy;
  for (const auto& [name, times] : counts) copy.insert(name, times);
  return copy;
}

thread_local bool is_racing = false;

// Convolution has a schema of its own for devices that torch does not know, and no host kernel under that name:
// the op to call on the host, with the stack rewritten for it.
c10::OperatorHandle host_op(const c10::OperatorHandle& op, Stack* stack) {
  auto& dispatcher = c10::Dispatcher::singleton();
  if (op.schema().name() == "aten::convolution_overrideable") {
    return dispatcher.findSchemaOrThrow("aten::convolution", "");
  }
  if (op.schema().name() == "aten::convolution_backward_overrideable") {
    const int64_t channels = stack->at(stack->size() - 10).toTensor().size(1);
    stack->insert(stack->end() - 7, c10::IValue(std::vector<int64_t>{channels}));  // the size of the bias
    return dispatcher.findSchemaOrThrow("aten::convolution_backward", "");
  }
  return op;
}

// Runs the host's kernel on copies of the arguments and moves results and changed arguments back.
void run_on_host(const c10::OperatorHandle& op, Stack* stack) {
  const auto& arguments = op.schema().arguments();
  for (size_t i = 0; i < arguments.size(); ++i) {
    auto& value = stack->at(stack->size() - arguments.size() + i);
    if (value.isGenerator() && value.toGenerator().device().type() == device_type) {
      value = host_generator(value.toGenerator());
    } else if (value.isNone() && arguments[i].name() == "generator") {
      value = host_generator(default_generator());
    }
  }
  const c10::OperatorHandle called = host_op(op, stack);
  at::native::cpu_fallback(called, stack);
}

void fall_back(const c10::OperatorHandle& op, Stack* stack) {
  count(fell_back, op);
  run_on_host(op, stack);
}

template <typename Visit>
void for_each_tensor(const c10::IValue& value, Visit visit) {
  if (value.isTensor() && value.toTensor().defined()) visit(value.toTensor());
  if (value.isTensorList()) {
    for (const at::Tensor& t : value.toTensorList()) visit(t);
  }
}

bool all_real_floating(const Stack& arguments) {
  bool result = true;
  for (const auto& value : arguments) {
    for_each_tensor(value, [&](const at::Tensor& t) { result = result && at::isFloatingType(t.scalar_type()); });
  }
  return result;
}

bool flushable(const c10::IValue& value) {
  return value.isTensor() && on_device(value.toTensor()) && at::isFloatingType(value.toTensor().scalar_type()) &&
         value.toTensor().scalar_type() != at::kHalf && at::elementSize(value.toTensor().scalar_type()) > 1;
}

// The host's code as a kernel of this device: the same values, but for the flushing of subnormals.
void run_borrowed(const c10::OperatorHandle& op, Kind kind, Stack* stack) {
  if (!options().flush_subnormals || kind == Kind::movement) return run_on_host(op, stack);
  const auto& arguments = op.schema().arguments();
  for (size_t i = 0; i < arguments.size(); ++i) {
    auto& value = stack->at(stack->size() - arguments.size() + i);
    const bool written = arguments[i].alias_info() && arguments[i].alias_info()->isWrite();
    if (written || !flushable(value)) continue;
    const at::Tensor original = value.toTensor();
    const at::Tensor copy = at::empty_like(original);
    store(copy, load(original));
    value = copy;
  }
  run_on_host(op, stack);
  for (size_t i = 0; i < op.schema().returns().size(); ++i) {
    const auto& value = stack->at(stack->size() - 1 - i);
    if (flushable(value)) store(value.toTensor(), load(value.toTensor()));
  }
}

// The tensor an op writes into, if any, and how it was before.
Before before_launch(const c10::OperatorHandle& op, const Stack& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto& info = op.schema().arguments()[i].alias_info();
    if (info && info->isWrite() && arguments[i].isTensor()) {
      return {arguments[i].toTensor(), arguments[i].toTensor().clone()};
    }
  }
  return {};
}

void launch(const c10::OperatorHandle& op, c10::DispatchKeySet keyset, Stack* stack) {
  refuse_if_lost();
  const bool struck = strikes(plain_name(op.schema().name()));
  const Fault fault = struck ? options().fault : Fault::none;
  if (fault == Fault::fallback) return fall_back(op, stack);
  if (fault == Fault::hang) hang();
  if (fault == Fault::crash) crash();
  if (fault == Fault::lost) lose();
  count(launched, op);

  const Stack arguments(stack->end() - int64_t(op.schema().arguments().size()), stack->end());
  const Before before = fault == Fault::wrong_tail ? before_launch(op, arguments) : Before{};
  const Entry& entry = table().at(op.operator_name());
  is_racing = fault == Fault::race;
  if (entry.compute.isValid() && all_real_floating(arguments)) {
    entry.compute.callBoxed(op, keyset, stack);
  } else {
    run_borrowed(op, entry.kind, stack);
  }
  is_racing = false;
  if (fault == Fault::none || op.schema().returns().empty()) return;
  const auto& result = stack->at(stack->size() - op.schema().returns().size());
  if (result.isTensor() && on_device(result.toTensor())) {
    distort(fault, op.schema().operator_name(), result.toTensor(), before);
  }
}

}  // namespace

bool racing() { return is_racing; }

c10::Dict<std::string, int64_t> launches() { return snapshot(launched); }
c10::Dict<std::string, int64_t> fallbacks() { return snapshot(fell_back); }

void reset_counts() {
  const std::lock_guard<std::mutex> lock(counting);
  launched.clear();
  fell_back.clear();
}

std::vector<std::string> kernel_names() {
  std::set<std::string> names;
  for (const auto& entry : table()) names.insert(plain_name(entry.first.name));
  return {names.begin(), names.end()};
}

Kernels::Kernels(Kind kind, std::initializer_list<Kernel> list) {
  static std::vector<std::unique_ptr<torch::Library>> libraries;  // a Library unregisters when it dies
  libraries.push_back(std::make_unique<torch::Library>(torch::Library::IMPL, "aten", c10::DispatchKey::PrivateUse1,
                                                       __FILE__, __LINE__));
  for (const auto& entry : list) {
    const std::string name = std::string("aten::") + entry.name;
    const size_t dot = name.find('.');
    const c10::OperatorName key(name.substr(0, dot), dot == std::string::npos ? "" : name.substr(dot + 1));
    if (!c10::Dispatcher::singleton().findSchema(key)) continue;  // an op of another version of torch
    table().emplace(key, Entry{entry.compute, kind});
    libraries.back()->impl(entry.name, torch::CppFunction::makeFromBoxedFunction<&launch>());
  }
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&fall_back>()); }

}  // namespace sim
