#include "render/egl_context.h"

#include <epoxy/egl.h>
#include <epoxy/gl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <sstream>

#include "base/error.h"

namespace figment::render {
namespace {

std::string EglErrorName(EGLint code) {
  switch (code) {
    case EGL_SUCCESS: return "EGL_SUCCESS";
    case EGL_NOT_INITIALIZED: return "EGL_NOT_INITIALIZED";
    case EGL_BAD_ACCESS: return "EGL_BAD_ACCESS";
    case EGL_BAD_ALLOC: return "EGL_BAD_ALLOC";
    case EGL_BAD_ATTRIBUTE: return "EGL_BAD_ATTRIBUTE";
    case EGL_BAD_CONFIG: return "EGL_BAD_CONFIG";
    case EGL_BAD_CONTEXT: return "EGL_BAD_CONTEXT";
    case EGL_BAD_DISPLAY: return "EGL_BAD_DISPLAY";
    case EGL_BAD_MATCH: return "EGL_BAD_MATCH";
    case EGL_BAD_PARAMETER: return "EGL_BAD_PARAMETER";
    case EGL_BAD_DEVICE_EXT: return "EGL_BAD_DEVICE_EXT";
    case EGL_CONTEXT_LOST: return "EGL_CONTEXT_LOST";
    default: return "EGL error " + std::to_string(code);
  }
}

base::Error EglFailure(const std::string& call) { return base::Error(call + " failed: " + EglErrorName(eglGetError())); }

bool HasWord(const char* words, std::string_view word) {
  std::istringstream list(words ? words : "");
  for (std::string item; list >> item;)
    if (item == word) return true;
  return false;
}

// One way to a display: an EGL device, or Mesa's surfaceless platform (device null).
struct Candidate {
  EGLDeviceEXT device = nullptr;
  int index = 0;
  int cuda_number = -1;
  bool software = false;  // known from the device's extensions; confirmed by GL_RENDERER
  std::string name;
};

Candidate DescribeDevice(EGLDeviceEXT device, int index) {
  Candidate candidate;
  candidate.device = device;
  candidate.index = index;
  const char* extensions = eglQueryDeviceStringEXT(device, EGL_EXTENSIONS);
  candidate.software = HasWord(extensions, "EGL_MESA_device_software");
  candidate.name = candidate.software ? "software" : "device " + std::to_string(index);
  if (HasWord(extensions, "EGL_EXT_device_drm"))
    if (const char* path = eglQueryDeviceStringEXT(device, EGL_DRM_DEVICE_FILE_EXT)) candidate.name = path;
  EGLAttrib number = -1;
  if (HasWord(extensions, "EGL_NV_device_cuda") && eglQueryDeviceAttribEXT(device, EGL_CUDA_DEVICE_NV, &number))
    candidate.cuda_number = static_cast<int>(number);
  return candidate;
}

std::vector<Candidate> Candidates() {
  std::vector<Candidate> candidates;
  const char* client = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
  if (HasWord(client, "EGL_EXT_device_enumeration") || HasWord(client, "EGL_EXT_device_base")) {
    std::array<EGLDeviceEXT, 64> devices;  // far more than one machine holds
    EGLint count = 0;
    if (eglQueryDevicesEXT(static_cast<EGLint>(devices.size()), devices.data(), &count))
      for (int i = 0; i < count; ++i) candidates.push_back(DescribeDevice(devices[static_cast<size_t>(i)], i));
  }
  if (candidates.empty() && HasWord(client, "EGL_MESA_platform_surfaceless"))
    candidates.emplace_back().name = "surfaceless";
  return candidates;
}

// A current context on one candidate. On failure `problem` says why and `context` is null.
struct Opened {
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
  RendererInfo info;
  std::string problem;
};

bool IsSoftware(const std::string& gl_renderer) {
  return gl_renderer.find("llvmpipe") != std::string::npos || gl_renderer.find("softpipe") != std::string::npos ||
         gl_renderer.find("SWR") != std::string::npos || gl_renderer.find("swrast") != std::string::npos;
}

std::string GlString(GLenum name) {
  const GLubyte* text = glGetString(name);
  return text ? reinterpret_cast<const char*>(text) : "";
}

Opened Open(const Candidate& candidate) {
  Opened opened;
  // The plain eglGetPlatformDisplay aborts in libepoxy before a display is current.
  opened.display = candidate.device ? eglGetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, candidate.device, nullptr)
                                    : eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
  const auto fail = [&](const std::string& call) {
    opened.problem = call + " failed: " + EglErrorName(eglGetError());
    return opened;
  };
  if (opened.display == EGL_NO_DISPLAY) return fail("eglGetPlatformDisplayEXT");
  if (!eglInitialize(opened.display, nullptr, nullptr)) return fail("eglInitialize");
  if (!eglBindAPI(EGL_OPENGL_API)) return fail("eglBindAPI(EGL_OPENGL_API)");
  const EGLint config_attributes[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (!eglChooseConfig(opened.display, config_attributes, &config, 1, &count) || count == 0) return fail("eglChooseConfig");
  const EGLint context_attributes[] = {EGL_CONTEXT_MAJOR_VERSION, 4, EGL_CONTEXT_MINOR_VERSION, 5,
                                       EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
  opened.context = eglCreateContext(opened.display, config, EGL_NO_CONTEXT, context_attributes);
  if (opened.context == EGL_NO_CONTEXT) return fail("eglCreateContext (OpenGL 4.5 core)");
  if (!eglMakeCurrent(opened.display, EGL_NO_SURFACE, EGL_NO_SURFACE, opened.context)) {
    fail("eglMakeCurrent");
    eglDestroyContext(opened.display, opened.context);
    opened.context = EGL_NO_CONTEXT;
    return opened;
  }
  opened.info = {.gl_renderer = GlString(GL_RENDERER), .gl_version = GlString(GL_VERSION),
                 .gl_vendor = GlString(GL_VENDOR), .egl_device = candidate.name};
  opened.info.software = IsSoftware(opened.info.gl_renderer);
  return opened;
}

// The display stays initialised: other contexts of the process share it.
void Close(const Opened& opened) {
  if (opened.context == EGL_NO_CONTEXT) return;
  eglMakeCurrent(opened.display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglDestroyContext(opened.display, opened.context);
}

constexpr const char* kInstallMesa = "install Mesa: apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri";
constexpr const char* kInstallNvidia =
    "install the EGL library of the NVIDIA driver (Debian: apt-get install libegl-nvidia0; containers: "
    "NVIDIA_DRIVER_CAPABILITIES=graphics,compute), or use --device cpu";

std::string DescribeChoice(const std::vector<Candidate>& candidates) {
  std::string text;
  for (const Candidate& c : candidates) {
    if (!text.empty()) text += ", ";
    text += c.name;
    if (c.cuda_number >= 0) text += " (gpu:" + std::to_string(c.cuda_number) + ")";
  }
  return text.empty() ? "none" : text;
}

// The number in "gpu:N"; nothing for "auto" and "cpu".
std::optional<int> ParseDevice(const std::string& device) {
  if (device == "auto" || device == "cpu") return std::nullopt;
  int number = 0;
  const char* end = device.data() + device.size();
  if (device.starts_with("gpu:")) {
    const auto [stop, problem] = std::from_chars(device.data() + 4, end, number);
    if (problem == std::errc() && stop == end && number >= 0) return number;
  }
  throw base::UsageError(std::string("unknown device '").append(device) + "': valid are auto, cpu, gpu:N (N = 0, 1, ...)");
}

std::vector<Candidate> Hardware(const std::vector<Candidate>& candidates) {
  std::vector<Candidate> hardware;
  for (const Candidate& c : candidates)
    if (!c.software) hardware.push_back(c);
  return hardware;
}

const Candidate* FindGpu(const std::vector<Candidate>& hardware, int number) {
  bool any_cuda = false;
  for (const Candidate& c : hardware) {
    if (c.cuda_number == number) return &c;
    any_cuda = any_cuda || c.cuda_number >= 0;
  }
  if (any_cuda || number >= static_cast<int>(hardware.size())) return nullptr;
  return &hardware[static_cast<size_t>(number)];
}

Opened OpenGpu(const std::vector<Candidate>& candidates, int number) {
  const std::string wanted = "device gpu:" + std::to_string(number);
  const std::vector<Candidate> hardware = Hardware(candidates);
  const Candidate* gpu = FindGpu(hardware, number);
  if (!gpu)
    throw base::Error(wanted + ": no such GPU; EGL offers: " + DescribeChoice(candidates) + ". To mend: " + kInstallNvidia);
  Opened opened = Open(*gpu);
  if (!opened.context) throw base::Error(wanted + ": " + opened.problem + ". To mend: " + kInstallNvidia);
  if (opened.info.software) {
    Close(opened);
    throw base::Error(wanted + ": got the software renderer " + opened.info.gl_renderer + ". To mend: " + kInstallNvidia);
  }
  return opened;
}

// Software devices last for "auto", alone for "cpu".
Opened OpenAny(const std::vector<Candidate>& candidates, bool software_only) {
  std::string problems;
  for (const bool software : {false, true})
    for (const Candidate& candidate : candidates) {
      // A surfaceless display may be either, so it is tried in both rounds.
      if (candidate.device ? candidate.software != software : false) continue;
      if (software_only && !software) continue;
      Opened opened = Open(candidate);
      if (opened.context && opened.info.software == software) return opened;
      Close(opened);
      if (!opened.problem.empty()) problems += "; " + candidate.name + ": " + opened.problem;
    }
  throw base::Error("no EGL device gives an OpenGL 4.5 context (found: " + DescribeChoice(candidates) + problems +
                    "). To mend: " + kInstallMesa);
}

}  // namespace

EglContext::EglContext(const std::string& device) {
  const std::optional<int> gpu = ParseDevice(device);
  const std::vector<Candidate> candidates = Candidates();
  const Opened opened = gpu ? OpenGpu(candidates, *gpu) : OpenAny(candidates, device == "cpu");
  display_ = opened.display;
  context_ = opened.context;
  info_ = opened.info;
}

EglContext::~EglContext() {
  Release();
  eglDestroyContext(display_, context_);
}

void EglContext::MakeCurrent() const {
  if (eglGetCurrentContext() == context_) return;
  if (!eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_)) throw EglFailure("eglMakeCurrent");
}

void EglContext::Release() const {
  if (eglGetCurrentContext() == context_) eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
}

std::vector<DeviceInfo> ListDevices() {
  std::vector<DeviceInfo> devices;
  for (const Candidate& candidate : Candidates()) {
    const Opened opened = Open(candidate);
    devices.push_back({.index = candidate.index, .cuda_number = candidate.cuda_number, .name = candidate.name,
                       .gl_renderer = opened.info.gl_renderer, .gl_version = opened.info.gl_version,
                       .software = candidate.software || opened.info.software, .problem = opened.problem});
    Close(opened);
  }
  return devices;
}

}  // namespace figment::render
