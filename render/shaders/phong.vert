// Vertices of bodies, height fields and skins under Lighting::kPhong, for colour and all labels.
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
layout(location = 10) in vec4 scale;         // xyz; w: length of a round end against the middle, 0 = none
layout(location = 11) in vec4 color;         // rgb, alpha
layout(location = 12) in vec4 surface;       // specular, exponent, emission, 1 = image in the plane of x, y
layout(location = 13) in uint instance_id;
layout(location = 14) in vec4 image_scale;
layout(location = 15) in vec4 image_offset;

#ifdef COLOR
flat out float v_alpha;
#ifdef IMAGE_2D
out vec2 v_uv;
#endif
#ifdef IMAGE_CUBE
out vec3 v_uv;
#endif
#ifdef PER_PIXEL
flat out vec3 v_color;
flat out vec3 v_surface;
#else
out vec3 v_base;
#if SHADOW_LAMPS > 0
out vec3 v_lit[SHADOW_LAMPS];
#endif
#endif
#if SHADOW_LAMPS > 0
out vec4 v_shadow[SHADOW_LAMPS];
#endif
#endif
#ifdef NEED_POSITION
out vec3 v_position;      // frame C
#endif
#ifdef NEED_NORMAL
out vec3 v_normal;        // frame C
#endif
#ifdef FLOW
out vec3 v_previous;      // clip x, y, w in the previous view
#endif
#ifdef ID
flat out uint v_id;
#endif

// Round ends keep their shape: they scale along z as across it.
vec3 Shaped(vec3 p) {
  float middle = clamp(p.z, -1.0, 1.0);
  return scale.w > 0.0 ? vec3(p.xy, middle + (p.z - middle) * scale.w) : p;
}

void main() {
  vec3 position = Transform(row0, row1, row2, Shaped(in_position));
  gl_Position = vec4(position.xy * projection.xy, position.z * projection.z + projection.w, position.z);

  // R S^-1 n, from the rows R S; a capsule's normals do not feel its length.
  vec3 s = scale.w > 0.0 ? in_normal / scale.xyz : in_normal / (scale.xyz * scale.xyz);
  vec3 normal = normalize(vec3(dot(row0.xyz, s), dot(row1.xyz, s), dot(row2.xyz, s)));
#ifdef NEED_POSITION
  v_position = position;
#endif
#ifdef NEED_NORMAL
  v_normal = normal;
#endif
#ifdef COLOR
  v_alpha = color.a;
#ifdef IMAGE_2D
  v_uv = (surface.w > 0.0 ? in_position.xy : in_uv) * image_scale.xy + image_offset.xy;
#endif
#ifdef IMAGE_CUBE
  v_uv = in_position * image_scale.xyz;
#endif
#ifdef PER_PIXEL
  v_color = color.rgb;
  v_surface = surface.xyz;
#else
  v_base = BaseLight(position, normal, color.rgb, surface.xyz);
#if SHADOW_LAMPS > 0
  for (int k = 0; k < SHADOW_LAMPS; ++k)
    v_lit[k] = clamp(LampLight(k, position, normal, color.rgb, surface.xy), 0.0, 1.0);
#endif
#endif
#if SHADOW_LAMPS > 0
  for (int k = 0; k < SHADOW_LAMPS; ++k) v_shadow[k] = ShadowPlace(k, position);
#endif
#endif
#ifdef FLOW
  vec3 previous = Transform(previous_row0, previous_row1, previous_row2, Shaped(in_previous));
  v_previous = vec3(previous.xy * previous_projection.xy, previous.z);
#endif
#ifdef ID
  v_id = instance_id;
#endif
}
