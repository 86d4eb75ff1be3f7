// Making, viewing and copying tensors: what must work before any arithmetic. Never counted, never faulty, or
// results could not be read back.
#include <ATen/EmptyTensor.h>
#include <ATen/ops/_conj_physical.h>
#include <ATen/ops/_local_scalar_dense.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/nan_to_num.h>
#include <ATen/ops/resize_native.h>
#include <ATen/ops/set_native.h>
#include <ATen/ops/unfold_native.h>
#include <ATen/ops/view_as_complex_native.h>
#include <ATen/ops/view_as_real_native.h>
#include <ATen/ops/view_native.h>
#include <torch/library.h>

#include <limits>

#include "arithmetic.h"
#include "device.h"
#include "options.h"

namespace sim {
namespace {

constexpr c10::DispatchKeySet keys{c10::DispatchKey::PrivateUse1};

at::Tensor empty(at::IntArrayRef size, std::optional<at::ScalarType> dtype, std::optional<at::Layout>,
                 std::optional<at::Device>, std::optional<bool>, std::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(size, device_allocator(), keys, c10::dtype_or_default(dtype), format);
}

at::Tensor empty_strided(at::IntArrayRef size, at::IntArrayRef stride, std::optional<at::ScalarType> dtype,
                         std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>) {
  return at::detail::empty_strided_generic(size, stride, device_allocator(), keys, c10::dtype_or_default(dtype));
}

// The largest finite value of a narrow float type, 0 for the types that are not saturated to.
double saturation_limit(at::ScalarType type) {
  switch (type) {
    case at::ScalarType::Float8_e4m3fn: return 448;
    case at::ScalarType::Float8_e4m3fnuz: return 240;
    case at::ScalarType::Float8_e5m2:
    case at::ScalarType::Float8_e5m2fnuz: return 57344;
    default: return 0;
  }
}

// float → int8, uint8, fp8: out of range becomes the nearest end of the range, NaN becomes integer 0.
at::Tensor saturated(const at::Tensor& from, at::ScalarType to) {
  if (!at::isFloatingType(from.scalar_type())) return from;
  if (to == at::kChar || to == at::kByte) {
    const double low = to == at::kChar ? -128 : 0, high = to == at::kChar ? 127 : 255;
    return at::clamp(at::nan_to_num(from.to(at::kDouble), 0.0, high, low), low, high);
  }
  const double limit = saturation_limit(to);
  return limit == 0 ? from : at::clamp(from.to(at::kDouble), -limit, limit);
}

bool flushes(at::ScalarType type) { return type == at::kFloat || type == at::kDouble || type == at::kBFloat16; }

at::Tensor flushed(const at::Tensor& from) {
  const auto wide = from.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  at::Tensor copy = at::empty_like(from, from.options().dtype(wide)).copy_(from).contiguous();
  if (wide == at::kDouble) flush(copy.data_ptr<double>(), copy.numel());
  else flush(copy.data_ptr<float>(), copy.numel());
  return copy;
}

at::Tensor host_with_bits(const at::Tensor& t) {
  at::Tensor view = on_device(t) ? host_view(t) : t;
  if (on_device(t) && t.is_conj()) view = at::_conj_physical(view);
  if (on_device(t) && t.is_neg()) view = view.neg();
  return view;
}

// Every copy and cast of the device ends here, whichever side the host is on.
at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool) {
  at::Tensor source = host_with_bits(from);
  if (from.scalar_type() != to.scalar_type()) {
    if (options().saturate) source = saturated(source, to.scalar_type());
    // Wider than float32 there is room for its subnormals, and to an integer or bool they only have a sign.
    const bool narrows = at::isFloatingType(to.scalar_type()) && to.scalar_type() != at::kDouble;
    if (options().flush_subnormals && narrows && flushes(from.scalar_type())) source = flushed(source);
  }
  at::Tensor target = on_device(to) ? host_view(to) : to;
  if (to.is_conj()) source = at::_conj_physical(source);
  if (to.is_neg()) source = source.neg();
  target.copy_(source);
  return to;
}

at::Tensor copy_from_and_resize(const at::Tensor& from, const at::Tensor& to) {
  at::native::resize_(to, from.sizes(), std::nullopt);
  return copy_from(from, to, false);
}

at::Scalar local_scalar(const at::Tensor& t) { return at::_local_scalar_dense(host_view(t)); }

at::Tensor& fill(at::Tensor& t, const at::Scalar& value) {
  host_view(t).fill_(value);
  return t;
}

at::Tensor& zero(at::Tensor& t) {
  host_view(t).zero_();
  return t;
}

bool is_set_to(const at::Tensor& a, const at::Tensor& b) {
  return a.storage().is_alias_of(b.storage()) && a.storage_offset() == b.storage_offset() &&
         a.sizes() == b.sizes() && a.strides() == b.strides();
}

}  // namespace

at::Tensor host_view(const at::Tensor& t) {
  return at::from_blob(t.data_ptr(), t.sizes(), t.strides(), at::TensorOptions().dtype(t.scalar_type()));
}

at::Tensor load(const at::Tensor& t) {
  const auto wide = t.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  at::Tensor copy = at::detail::empty_cpu(t.sizes(), wide);
  copy.copy_(host_view(t));
  if (!options().flush_subnormals) return copy;
  if (wide == at::kDouble) flush(copy.data_ptr<double>(), copy.numel());
  else flush(copy.data_ptr<float>(), copy.numel());
  return copy;
}

void store(const at::Tensor& out, at::Tensor value) {
  if (options().flush_subnormals) value = flushed(value);
  host_view(out).copy_(value);
}

at::Tensor empty_on_device(at::IntArrayRef size, at::ScalarType dtype) {
  return at::detail::empty_generic(size, device_allocator(), keys, dtype, std::nullopt);
}

TORCH_LIBRARY_IMPL(aten, PrivateUse1, m) {
  m.impl("empty.memory_format", &empty);
  m.impl("empty_strided", &empty_strided);
  m.impl("as_strided", &at::native::as_strided_tensorimpl);
  m.impl("view", &at::native::view);
  m.impl("_reshape_alias", [](const at::Tensor& t, at::IntArrayRef size, at::IntArrayRef stride) {
    return at::native::as_strided_tensorimpl(t, size, stride);
  });
  m.impl("unfold", &at::native::unfold);
  m.impl("view_as_real", &at::native::view_as_real);
  m.impl("view_as_complex", &at::native::view_as_complex);
  m.impl("resize_", &at::native::resize_);
  m.impl("set_", &at::native::set_cpu_);
  m.impl("set_.source_Tensor", &at::native::set_tensor_);
  m.impl("set_.source_Storage", static_cast<at::Tensor& (*)(at::Tensor&, at::Storage)>(&at::native::set_));
  m.impl("set_.source_Storage_storage_offset", &at::native::set_storage_cpu_);
  m.impl("is_set_to", &is_set_to);
  m.impl("_copy_from", &copy_from);
  m.impl("_copy_from_and_resize", &copy_from_and_resize);
  m.impl("_local_scalar_dense", &local_scalar);
  m.impl("fill_.Scalar", &fill);
  m.impl("zero_", &zero);
}

// The copy itself resolves these bits; the default would clone, which copies, which would clone.
TORCH_LIBRARY_IMPL(aten, Conjugate, m) { m.impl("_copy_from", torch::CppFunction::makeFallthrough()); }
TORCH_LIBRARY_IMPL(aten, Negative, m) { m.impl("_copy_from", torch::CppFunction::makeFallthrough()); }

}  // namespace sim
