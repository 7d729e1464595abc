#include "render/vertex_array.h"

#include "render/draw_list.h"
#include "render/geometry.h"

namespace figment::render {

GlVertexArray MakeInstancedArray(size_t id_offset, const std::vector<size_t>& more_rows) {
  constexpr GLuint kInstanceRows = 4, kId = 13, kMoreRows = 14;
  GlVertexArray made = GlVertexArray::Make();
  const GLuint array = made.get();
  const auto floats = [array](GLuint location, GLuint binding, GLint size, size_t offset) {
    glEnableVertexArrayAttrib(array, location);
    glVertexArrayAttribFormat(array, location, size, GL_FLOAT, GL_FALSE, static_cast<GLuint>(offset));
    glVertexArrayAttribBinding(array, location, binding);
  };
  floats(0, kVertexBinding, 3, offsetof(Vertex, position));
  floats(1, kVertexBinding, 3, offsetof(Vertex, previous));
  floats(2, kVertexBinding, 3, offsetof(Vertex, normal));
  floats(3, kVertexBinding, 2, offsetof(Vertex, uv));
  for (GLuint k = 0; k < kId - kInstanceRows; ++k) floats(kInstanceRows + k, kInstanceBinding, 4, k * sizeof(Row));
  glEnableVertexArrayAttrib(array, kId);
  glVertexArrayAttribIFormat(array, kId, 1, GL_UNSIGNED_INT, static_cast<GLuint>(id_offset));
  glVertexArrayAttribBinding(array, kId, kInstanceBinding);
  for (GLuint k = 0; k < more_rows.size(); ++k) floats(kMoreRows + k, kInstanceBinding, 4, more_rows[k]);
  glVertexArrayBindingDivisor(array, kInstanceBinding, 1);
  return made;
}

}  // namespace figment::render
