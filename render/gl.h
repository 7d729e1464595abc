// Thin ownership over OpenGL names, shader programs and error codes. Private to render/: needs a current context.
#pragma once

#include <epoxy/gl.h>

#include <string>
#include <utility>
#include <vector>

namespace figment::render {

// Throws base::Error "<what>: GL_INVALID_OPERATION" if OpenGL has recorded an error since the last check.
void CheckGl(const char* what);

// Owns one OpenGL name; Traits says how to make and delete it.
template <class Traits>
class GlName {
 public:
  GlName() = default;
  ~GlName() { Reset(); }
  GlName(GlName&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
  GlName& operator=(GlName&& other) noexcept {
    std::swap(name_, other.name_);
    return *this;
  }
  template <class... Args>
  static GlName Make(Args... args) {
    GlName made;
    made.name_ = Traits::Make(args...);
    return made;
  }
  void Reset() {
    if (name_) Traits::Delete(name_);
    name_ = 0;
  }
  GLuint get() const { return name_; }
  explicit operator bool() const { return name_ != 0; }

 private:
  GLuint name_ = 0;
};

struct BufferTraits {
  static GLuint Make() {
    GLuint name = 0;
    glCreateBuffers(1, &name);
    return name;
  }
  static void Delete(GLuint name) { glDeleteBuffers(1, &name); }
};
struct TextureTraits {
  static GLuint Make(GLenum target) {
    GLuint name = 0;
    glCreateTextures(target, 1, &name);
    return name;
  }
  static void Delete(GLuint name) { glDeleteTextures(1, &name); }
};
struct FramebufferTraits {
  static GLuint Make() {
    GLuint name = 0;
    glCreateFramebuffers(1, &name);
    return name;
  }
  static void Delete(GLuint name) { glDeleteFramebuffers(1, &name); }
};
struct VertexArrayTraits {
  static GLuint Make() {
    GLuint name = 0;
    glCreateVertexArrays(1, &name);
    return name;
  }
  static void Delete(GLuint name) { glDeleteVertexArrays(1, &name); }
};
struct ProgramTraits {
  static GLuint Make() { return glCreateProgram(); }
  static void Delete(GLuint name) { glDeleteProgram(name); }
};

using GlBuffer = GlName<BufferTraits>;
using GlTexture = GlName<TextureTraits>;
using GlFramebuffer = GlName<FramebufferTraits>;
using GlVertexArray = GlName<VertexArrayTraits>;
using GlProgram = GlName<ProgramTraits>;

// A buffer that grows by half as needed and keeps its name.
class GrowingBuffer {
 public:
  void Write(const void* data, size_t bytes) {
    if (!buffer_) buffer_ = GlBuffer::Make();
    if (bytes > capacity_) {
      capacity_ = bytes + bytes / 2;
      glNamedBufferData(buffer_.get(), static_cast<GLsizeiptr>(capacity_), nullptr, GL_DYNAMIC_DRAW);
    }
    if (bytes > 0) glNamedBufferSubData(buffer_.get(), 0, static_cast<GLsizeiptr>(bytes), data);
  }
  template <class T>
  void Write(const std::vector<T>& items) {
    Write(items.data(), items.size() * sizeof(T));
  }
  GLuint get() const { return buffer_.get(); }

 private:
  GlBuffer buffer_;
  size_t capacity_ = 0;
};

// Compiles and links. `defines` are lines put after #version. A compile error is our bug: it stops with the log.
GlProgram BuildProgram(const std::string& defines, const std::string& vertex, const std::string& fragment);

// Checks that the framebuffer is complete. Throws base::Error.
void CheckFramebuffer(const GlFramebuffer& framebuffer);

}  // namespace figment::render
