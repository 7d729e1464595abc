// What every shader of a frame shares. Its C++ mirror is FrameBlock in render/draw_list.h.
// Frame C: camera, x right, y down, z forward. Colours are linear with gamma 2: display = sqrt(linear).
layout(std140, binding = 0) uniform Frame {
  vec4 projection;           // clip = (x * projection.x, y * projection.y, z * projection.z + projection.w, z)
  vec4 previous_projection;  // the same for the previous view
  vec4 half_size_px;         // (width / 2, height / 2, near, normal offset of shadow lookups in metres)
  vec4 to_light;             // unit, towards the light, frame C
  vec4 up;                   // world's up in frame C
  vec4 half_vector;          // unit, between the light and a viewer straight ahead
  vec4 sun;                  // light's colour
  vec4 ambient;              // on a surface facing sideways
  vec4 ambient_slope;        // ... what facing up adds and facing down takes away
  vec4 light_rows[3];        // frame C to shadow map coordinates, all in 0..1
};

vec3 Transform(vec4 row0, vec4 row1, vec4 row2, vec3 p) {
  return vec3(dot(row0.xyz, p) + row0.w, dot(row1.xyz, p) + row1.w, dot(row2.xyz, p) + row2.w);
}
vec3 ToShadowMap(vec3 p) { return Transform(light_rows[0], light_rows[1], light_rows[2], p); }
