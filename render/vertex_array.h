// The vertex array of what is drawn in instances. Private to render/: needs a current context.
#pragma once

#include <cstddef>
#include <vector>

#include "render/gl.h"

namespace figment::render {

// The vertices' buffer goes to the first binding, the instances' to the second.
inline constexpr GLuint kVertexBinding = 0, kInstanceBinding = 1;

// Locations 0 to 3: position, previous position, normal and uv of a Vertex. 4 to 12: the nine rows that an instance
// begins with. 13: its id, at an offset. 14 and on: `more_rows` of it, at their offsets.
GlVertexArray MakeInstancedArray(size_t id_offset, const std::vector<size_t>& more_rows = {});

}  // namespace figment::render
