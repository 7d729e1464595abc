// From OpenGL's memory to CUDA's on the same GPU, without passing through the host. Two implementations, chosen when the
// program is built: CUDA's (device_copy_cuda.cc, where CMake finds the toolkit) and one that only says that it is
// absent. No header of CUDA or OpenGL is needed here: a stream is a cudaStream_t as void*, null the default stream.
//
// Compiled and linked; not yet run on a GPU by us.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace figment::render {

bool HasDeviceCopy();
std::string DeviceCopyVersion();  // "CUDA 13.0", "not in this build (FIGMENT_CUDA)"

// A buffer object of the current OpenGL context that CUDA copies from. Throws base::Error with CUDA's own words, for
// instance if no CUDA device belongs to the context, or if this build has none.
class DeviceCopy {
 public:
  DeviceCopy(unsigned gl_buffer, size_t bytes);
  ~DeviceCopy();

  // All bytes to `to`, memory of the context's CUDA device, in the order of the stream. OpenGL must have been told to
  // fill the buffer; CUDA waits for it.
  void CopyTo(void* to, void* stream);

 private:
  void* resource_ = nullptr;  // cudaGraphicsResource_t
  size_t bytes_;
};

// Memory of the current CUDA device, for tests of the path.
class DeviceMemory {
 public:
  explicit DeviceMemory(size_t bytes);
  ~DeviceMemory();
  void* data() const { return data_; }
  void CopyToHost(void* to) const;  // waits for all that went before

 private:
  void* data_ = nullptr;
  size_t bytes_;
};

}  // namespace figment::render
