// Vertices of bodies, cloth, fixtures and floor, for colour and all labels.
// What belongs to an instance comes as per-instance attributes: llvmpipe loads those once for eight vertices, but
// gathers from a storage buffer lane by lane.
layout(location = 0) in vec3 in_position;
layout(location = 1) in vec3 in_previous;
layout(location = 2) in vec3 in_normal;
layout(location = 3) in vec2 in_uv;
layout(location = 4) in vec4 row0;           // scaled body to frame C, 3 x 4
layout(location = 5) in vec4 row1;
layout(location = 6) in vec4 row2;
layout(location = 7) in vec4 previous_row0;  // the same in the previous view
layout(location = 8) in vec4 previous_row1;
layout(location = 9) in vec4 previous_row2;
layout(location = 10) in vec4 scale;         // xyz; w: factor of the mesh's texture coordinates, 0: project instead
layout(location = 11) in vec4 color;         // linear rgb, specular strength
layout(location = 12) in vec4 pattern;       // (texture layer, repeats per metre, emission, picture or -1)
layout(location = 13) in uint instance_id;

#ifdef COLOR
flat out vec4 v_color;    // linear rgb, specular strength
flat out vec3 v_surface;  // texture layer, emission, picture or -1
out vec2 v_uv;
#endif
#if defined(DRAFT)
out vec3 v_light;
#else
#ifdef SHADOWS
out vec3 v_shadow;
#endif
#endif
#ifdef NEED_NORMAL
out vec3 v_normal;        // frame C
#endif
#ifdef FIXED_FUNCTION
out vec3 v_position;      // frame C
#endif
#ifdef FLOW
out vec3 v_previous;      // clip x, y, w in the previous view
#endif
#ifdef ID
flat out uint v_id;
#endif

// Flat-faced bodies: the two axes across the normal's main axis.
vec2 SurfaceCoordinates() {
  vec3 p = in_position * scale.xyz;
  vec3 n = abs(in_normal);
  vec2 along = n.z >= max(n.x, n.y) ? p.xy : (n.x > n.y ? p.yz : p.xz);
  return scale.w > 0.0 ? in_uv * scale.w : along;
}

void main() {
  vec3 position = Transform(row0, row1, row2, in_position);
  gl_Position = vec4(position.xy * projection.xy, position.z * projection.z + projection.w, position.z);

  // R S^-1 n, from the rows R S.
  vec3 scaled = in_normal / (scale.xyz * scale.xyz);
  vec3 normal = normalize(vec3(dot(row0.xyz, scaled), dot(row1.xyz, scaled), dot(row2.xyz, scaled)));
#ifdef NEED_NORMAL
  v_normal = normal;
#endif
#ifdef COLOR
  v_color = color;
  v_surface = pattern.xzw;
  v_uv = SurfaceCoordinates() * pattern.y;
#ifdef DRAFT
  vec3 light = ambient.rgb + ambient_slope.rgb * dot(normal, up.xyz) + sun.rgb * max(dot(normal, to_light.xyz), 0.0);
  v_light = sqrt(color.rgb * mix(light, vec3(1.0), pattern.z));
#endif
#ifdef SHADOWS
  v_shadow = ToShadowMap(position + normal * half_size_px.w);
#endif
#endif
#ifdef FIXED_FUNCTION
  v_position = position;
#endif
#ifdef FLOW
  vec3 previous = Transform(previous_row0, previous_row1, previous_row2, in_previous);
  v_previous = vec3(previous.xy * previous_projection.xy, previous.z);
#endif
#ifdef ID
  v_id = instance_id;
#endif
}
