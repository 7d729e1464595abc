#include "render/gl.h"

#include "base/check.h"
#include "base/error.h"

namespace figment::render {
namespace {

std::string GlErrorName(GLenum code) {
  switch (code) {
    case GL_INVALID_ENUM: return "GL_INVALID_ENUM";
    case GL_INVALID_VALUE: return "GL_INVALID_VALUE";
    case GL_INVALID_OPERATION: return "GL_INVALID_OPERATION";
    case GL_INVALID_FRAMEBUFFER_OPERATION: return "GL_INVALID_FRAMEBUFFER_OPERATION";
    case GL_OUT_OF_MEMORY: return "GL_OUT_OF_MEMORY";
    case GL_CONTEXT_LOST: return "GL_CONTEXT_LOST";
    default: return "OpenGL error " + std::to_string(code);
  }
}

void CompileInto(GLuint program, GLenum stage, const std::string& source) {
  const GLuint shader = glCreateShader(stage);
  const char* text = source.c_str();
  glShaderSource(shader, 1, &text, nullptr);
  glCompileShader(shader);
  GLint compiled = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &compiled);
  if (!compiled) {
    char log[4096] = "";
    glGetShaderInfoLog(shader, sizeof(log), nullptr, log);
    base::CheckFailed(__FILE__, __LINE__, std::string("shader does not compile: ") + log);
  }
  glAttachShader(program, shader);
  glDeleteShader(shader);
}

}  // namespace

void CheckGl(const char* what) {
  const GLenum code = glGetError();
  if (code != GL_NO_ERROR) throw base::Error(std::string(what) + ": " + GlErrorName(code));
}

GlProgram BuildProgram(const std::string& defines, const std::string& vertex, const std::string& fragment) {
  const std::string head = "#version 450 core\n" + defines + "#line 1\n";
  GlProgram program = GlProgram::Make();
  CompileInto(program.get(), GL_VERTEX_SHADER, head + vertex);
  if (!fragment.empty()) CompileInto(program.get(), GL_FRAGMENT_SHADER, head + fragment);
  glLinkProgram(program.get());
  GLint linked = 0;
  glGetProgramiv(program.get(), GL_LINK_STATUS, &linked);
  if (!linked) {
    char log[4096] = "";
    glGetProgramInfoLog(program.get(), sizeof(log), nullptr, log);
    base::CheckFailed(__FILE__, __LINE__, std::string("program does not link: ") + log);
  }
  return program;
}

void CheckFramebuffer(const GlFramebuffer& framebuffer) {
  const GLenum status = glCheckNamedFramebufferStatus(framebuffer.get(), GL_DRAW_FRAMEBUFFER);
  if (status != GL_FRAMEBUFFER_COMPLETE)
    throw base::Error("the renderer's framebuffer is incomplete: status " + std::to_string(status));
}

}  // namespace figment::render
