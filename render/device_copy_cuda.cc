// epoxy before CUDA's header, which would bring the system's OpenGL otherwise.
#include <epoxy/gl.h>

#include <cuda_gl_interop.h>
#include <cuda_runtime_api.h>

#include <array>
#include <string>

#include "base/error.h"
#include "render/device_copy.h"

namespace figment::render {
namespace {

void Check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // forget it
  throw base::Error(std::string(what) + ": CUDA says '" + cudaGetErrorString(status) + "'");
}

// The CUDA device on which the current OpenGL context draws.
int DeviceOfContext() {
  unsigned count = 0;
  std::array<int, 8> devices{};
  Check(cudaGLGetDevices(&count, devices.data(), static_cast<unsigned>(devices.size()), cudaGLDeviceListAll),
        "no CUDA device belongs to the renderer's OpenGL context (--device gpu:N takes the EGL device of CUDA device N)");
  if (count == 0) throw base::Error("no CUDA device belongs to the renderer's OpenGL context");
  return devices[0];
}

}  // namespace

bool HasDeviceCopy() { return true; }

std::string DeviceCopyVersion() {
  return "CUDA " + std::to_string(CUDART_VERSION / 1000) + "." + std::to_string(CUDART_VERSION % 1000 / 10) +
         ", not yet run on a GPU by us";
}

DeviceCopy::DeviceCopy(unsigned gl_buffer, size_t bytes) : bytes_(bytes) {
  Check(cudaSetDevice(DeviceOfContext()), "choosing the CUDA device of the renderer");
  cudaGraphicsResource_t resource = nullptr;
  Check(cudaGraphicsGLRegisterBuffer(&resource, gl_buffer, cudaGraphicsRegisterFlagsReadOnly),
        "sharing the renderer's picture with CUDA");
  resource_ = resource;
}

DeviceCopy::~DeviceCopy() {
  if (resource_) cudaGraphicsUnregisterResource(static_cast<cudaGraphicsResource_t>(resource_));
}

void DeviceCopy::CopyTo(void* to, void* stream_handle) {
  auto resource = static_cast<cudaGraphicsResource_t>(resource_);
  const auto stream = static_cast<cudaStream_t>(stream_handle);
  cudaPointerAttributes attributes{};
  Check(cudaPointerGetAttributes(&attributes, to), "looking at the memory for the picture");
  if (attributes.type != cudaMemoryTypeDevice && attributes.type != cudaMemoryTypeManaged)
    throw base::Error("the memory for the picture is the host's, expected that of a CUDA device");
  if (const int drawn_on = DeviceOfContext(); attributes.device != drawn_on)
    throw base::Error("the memory for the picture is of CUDA device " + std::to_string(attributes.device) +
                      ", the renderer draws on " + std::to_string(drawn_on) + ": expected the same (--device gpu:" +
                      std::to_string(attributes.device) + ")");
  Check(cudaGraphicsMapResources(1, &resource, stream), "mapping the picture");
  void* from = nullptr;
  size_t size = 0;
  cudaError_t status = cudaGraphicsResourceGetMappedPointer(&from, &size, resource);
  if (status == cudaSuccess) status = cudaMemcpyAsync(to, from, bytes_, cudaMemcpyDeviceToDevice, stream);
  cudaGraphicsUnmapResources(1, &resource, stream);  // also after an error
  Check(status, "copying the picture");
}

DeviceMemory::DeviceMemory(size_t bytes) : bytes_(bytes) { Check(cudaMalloc(&data_, bytes), "getting CUDA memory"); }
DeviceMemory::~DeviceMemory() { cudaFree(data_); }
void DeviceMemory::CopyToHost(void* to) const {
  Check(cudaMemcpy(to, data_, bytes_, cudaMemcpyDeviceToHost), "reading CUDA memory");
}

}  // namespace figment::render
