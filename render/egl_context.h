// EglContext: an OpenGL 4.5 core context without a window or X server, current on the thread that made it.
//
// Which device: "auto" takes the first EGL device that gives a hardware context and falls back to software; "cpu" takes
// software (Mesa's llvmpipe); "gpu:N" takes the device whose CUDA number is N (where no device has a CUDA number, the
// N-th hardware device). Asking for a GPU and getting software is a base::Error that says how to mend it.
//
// In software, frame rates scale over processes, not threads. A process that draws one picture at a time should be
// started with LP_NUM_THREADS=0 in its environment: llvmpipe reads it once, so whoever starts the process sets it.
#pragma once

#include <string>
#include <vector>

#include "render/renderer.h"

namespace figment::render {

class EglContext {
 public:
  explicit EglContext(const std::string& device);
  ~EglContext();
  EglContext(const EglContext&) = delete;
  EglContext& operator=(const EglContext&) = delete;

  // Makes the context current on this thread if it is not. Throws base::Error with EGL's code on failure.
  void MakeCurrent() const;
  // Lets another thread take the context, if it is current on this one.
  void Release() const;
  const RendererInfo& info() const { return info_; }

 private:
  void* display_ = nullptr;  // EGLDisplay
  void* context_ = nullptr;  // EGLContext
  RendererInfo info_;
};

}  // namespace figment::render
