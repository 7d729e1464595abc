#include "base/error.h"
#include "render/device_copy.h"

namespace figment::render {
namespace {

[[noreturn]] void Refuse() {
  throw base::Error("this build leaves no pictures in CUDA memory: install the CUDA toolkit and configure with "
                    "-DFIGMENT_CUDA=ON");
}

}  // namespace

bool HasDeviceCopy() { return false; }
std::string DeviceCopyVersion() { return "not in this build (FIGMENT_CUDA)"; }

DeviceCopy::DeviceCopy(unsigned, size_t bytes) : bytes_(bytes) { Refuse(); }
DeviceCopy::~DeviceCopy() = default;
void DeviceCopy::CopyTo(void*, void*) { Refuse(); }

DeviceMemory::DeviceMemory(size_t bytes) : bytes_(bytes) { Refuse(); }
DeviceMemory::~DeviceMemory() = default;
void DeviceMemory::CopyToHost(void*) const { Refuse(); }

}  // namespace figment::render
