// Allocator, device guard, hooks and generator: what torch asks of a device before the first kernel.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <cstdlib>
#include <cstring>

#include "device.h"
#include "runtime.h"

namespace sim {
namespace {

const c10::Device the_device{device_type, 0};

// Fresh memory holds this byte, so that reading what was never written gives the same garbage every time:
// -6328.7 as float32, -6304 as bfloat16, -5.8 as float16, -59 as int8; finite in each of them.
constexpr int poison = 0xC5;
constexpr size_t alignment = 64;

void release(void* memory) { std::free(memory); }

struct SimAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &release, the_device};
    void* memory = nullptr;
    const int failed = posix_memalign(&memory, alignment, bytes);
    TORCH_CHECK(failed == 0, "sim: out of memory, tried to allocate ", bytes, " bytes");
    std::memset(memory, poison, bytes);
    return {memory, memory, &release, the_device};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, size_t bytes) const override { default_copy_data(to, from, bytes); }
};

SimAllocator the_allocator;
REGISTER_ALLOCATOR(device_type, &the_allocator)

// One device, one stream that has always finished.
struct SimGuard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return device_type; }
  c10::Device exchangeDevice(c10::Device device) const override {
    setDevice(device);
    return the_device;
  }
  c10::Device getDevice() const override { return the_device; }
  void setDevice(c10::Device device) const override {
    TORCH_CHECK(device.index() <= 0, "sim: there is one device, sim:0, got ", device);
  }
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream stream() const { return c10::Stream(c10::Stream::DEFAULT, the_device); }
  c10::Stream getStream(c10::Device) const override { return stream(); }
  c10::Stream getDefaultStream(c10::Device) const override { return stream(); }
  c10::Stream getStreamFromGlobalPool(c10::Device, bool) const override { return stream(); }
  c10::Stream getNewStream(c10::Device, int) const override { return stream(); }
  c10::Stream exchangeStream(c10::Stream) const override { return stream(); }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  void record(void**, const c10::Stream&, const c10::DeviceIndex, const c10::EventFlag) const override {}
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  void destroyEvent(void*, const c10::DeviceIndex) const noexcept override {}
  bool queryStream(const c10::Stream&) const override { return true; }
  void synchronizeStream(const c10::Stream&) const override {}
  void synchronizeEvent(void*) const override {}
  void synchronizeDevice(const c10::DeviceIndex) const override {}
  void recordDataPtrOnStream(const c10::DataPtr&, const c10::Stream&) const override {}
};
C10_REGISTER_GUARD_IMPL(PrivateUse1, SimGuard);

// Draws the numbers that a CPU generator of the same seed draws: a case with dropout then compares.
struct SimGenerator final : c10::GeneratorImpl {
  SimGenerator() : GeneratorImpl(the_device, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1)) {}

  void set_current_seed(uint64_t seed) override { inner.set_current_seed(seed); }
  void set_offset(uint64_t offset) override { inner.set_offset(offset); }
  uint64_t get_offset() const override { return inner.get_offset(); }
  uint64_t current_seed() const override { return inner.current_seed(); }
  uint64_t seed() override { return inner.seed(); }
  void set_state(const c10::TensorImpl& state) override { inner.unsafeGetGeneratorImpl()->set_state(state); }
  c10::intrusive_ptr<c10::TensorImpl> get_state() const override {
    return inner.unsafeGetGeneratorImpl()->get_state();
  }
  c10::GeneratorImpl* clone_impl() const override {
    auto* copy = new SimGenerator();
    copy->inner = inner.clone();
    return copy;
  }

  at::Generator inner = at::detail::createCPUGenerator();
};

struct SimHooks final : at::PrivateUse1HooksInterface {
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  c10::DeviceIndex deviceCount() const override { return 1; }
  c10::DeviceIndex getCurrentDevice() const override { return 0; }
  c10::DeviceIndex exchangeDevice(c10::DeviceIndex) const override { return 0; }
  c10::DeviceIndex maybeExchangeDevice(c10::DeviceIndex) const override { return 0; }
  void setCurrentDevice(c10::DeviceIndex index) const override {
    TORCH_CHECK(index == 0, "sim: there is one device, sim:0, got sim:", int(index));
  }
  c10::Device getDeviceFromPtr(void*) const override { return the_device; }
  c10::Allocator* getPinnedMemoryAllocator() const override { return c10::GetAllocator(c10::DeviceType::CPU); }
  const at::Generator& getDefaultGenerator(c10::DeviceIndex) const override { return default_generator(); }
  at::Generator getNewGenerator(c10::DeviceIndex) const override { return at::make_generator<SimGenerator>(); }
  void resizePrivateUse1Bytes(const c10::Storage& storage, size_t bytes) const override {
    auto fresh = the_allocator.allocate(bytes);
    std::memcpy(fresh.get(), storage.data(), std::min(bytes, storage.nbytes()));
    storage.set_data_ptr_noswap(std::move(fresh));
    storage.set_nbytes(bytes);
  }
};

const bool hooks_registered = [] {
  at::RegisterPrivateUse1HooksInterface(new SimHooks());  // torch keeps it for the life of the process
  return true;
}();

}  // namespace

c10::Allocator* device_allocator() { return &the_allocator; }

const at::Generator& default_generator() {
  static const at::Generator generator = at::make_generator<SimGenerator>();
  return generator;
}

at::Generator host_generator(const at::Generator& generator) {
  return static_cast<SimGenerator*>(generator.unsafeGetGeneratorImpl())->inner;
}

}  // namespace sim
