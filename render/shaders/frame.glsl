// What every shader of a frame shares. The C++ mirror of Frame, Instance and Material is render/draw_list.h.
// Frame C: camera, x right, y down, z forward. Colours are linear with gamma 2: display = sqrt(linear).
layout(std140, binding = 0) uniform Frame {
  vec4 projection;           // clip = (x * projection.x, y * projection.y, z * projection.z + projection.w, z)
  vec4 previous_projection;  // the same for the previous view
  vec4 half_size_px;         // (width / 2, height / 2, near, normal offset of shadow lookups in metres)
  vec4 to_light;             // unit, towards the light, frame C
  vec4 up;                   // world's up in frame C
  vec4 half_vector;          // unit, between the light and a viewer straight ahead
  vec4 sun;                  // light's colour
  vec4 sky_ambient;          // ambient on a surface facing up
  vec4 floor_ambient;        // ... facing down
  vec4 light_rows[3];        // frame C to shadow map coordinates, all in 0..1
};

struct Instance {
  vec4 rows[3];           // scaled body to frame C, 3 x 4
  vec4 previous_rows[3];  // the same in the previous view
  vec4 scale;             // xyz; w: factor of the mesh's texture coordinates; 0: project along the normal's main axis
  uvec4 indices;          // (id, first material, unused, unused)
};

struct Material {
  vec4 color;    // linear rgb, specular strength
  vec4 pattern;  // (texture layer, repeats per metre, emission, unused)
};

vec3 Transform(vec4 rows[3], vec3 p) {
  return vec3(dot(rows[0].xyz, p) + rows[0].w, dot(rows[1].xyz, p) + rows[1].w, dot(rows[2].xyz, p) + rows[2].w);
}
