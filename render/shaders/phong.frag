// Colour and labels of one surface point under Lighting::kPhong. Passes not asked for are compiled out.
#ifdef COLOR
flat in float v_alpha;
#ifdef IMAGE_2D
layout(binding = 0) uniform sampler2D image;
in vec2 v_uv;
#endif
#ifdef IMAGE_CUBE
layout(binding = 0) uniform samplerCube image;
in vec3 v_uv;
#endif
#ifdef PER_PIXEL
flat in vec3 v_color;
flat in vec3 v_surface;
#else
in vec3 v_base;
#if SHADOW_LAMPS > 0
in vec3 v_lit[SHADOW_LAMPS];
#endif
#endif
#if SHADOW_LAMPS > 0
layout(binding = 1) uniform sampler2DArrayShadow shadow_maps;
in vec4 v_shadow[SHADOW_LAMPS];
#endif
layout(location = 0) out vec4 out_color;
#endif
#ifdef NEED_POSITION
in vec3 v_position;
#endif
#ifdef NEED_NORMAL
in vec3 v_normal;
#endif
#ifdef ID
flat in uint v_id;
layout(location = 1) out uint out_id;
#endif
#ifdef NORMALS
layout(location = 2) out vec4 out_normal;
#endif
#ifdef FLOW
in vec3 v_previous;
layout(location = 3) out vec2 out_flow;
#endif

#ifdef NEED_NORMAL
vec3 Normal() {
#ifdef FACETS
  // Of the triangle itself, towards the side its vertices' normals point to.
  vec3 n = normalize(cross(dFdx(v_position), dFdy(v_position)));
  return dot(n, v_normal) < 0.0 ? -n : n;
#else
  return normalize(v_normal);
#endif
}
#endif

#if defined(COLOR) && SHADOW_LAMPS > 0
float LampSeen(int k) {
  vec3 place = v_shadow[k].xyz / v_shadow[k].w;
  return v_shadow[k].w > 0.0 ? texture(shadow_maps, vec4(place.xy, float(k), place.z)) : 1.0;
}
#endif

#ifdef COLOR
vec3 Light() {
#ifdef PER_PIXEL
  vec3 n = Normal();
  vec3 light = BaseLight(v_position, n, v_color, v_surface);
#if SHADOW_LAMPS > 0
  for (int k = 0; k < SHADOW_LAMPS; ++k)
    light += LampSeen(k) * clamp(LampLight(k, v_position, n, v_color, v_surface.xy), 0.0, 1.0);
#endif
#else
  vec3 light = v_base;
#if SHADOW_LAMPS > 0
  for (int k = 0; k < SHADOW_LAMPS; ++k) light += LampSeen(k) * v_lit[k];
#endif
#endif
  return light;
}
#endif

void main() {
#ifdef COLOR
#if defined(IMAGE_2D) || defined(IMAGE_CUBE)
  out_color = vec4(Light() * texture(image, v_uv).rgb, v_alpha);
#else
  out_color = vec4(Light(), v_alpha);
#endif
#endif
#ifdef ID
  out_id = v_id;
#endif
#ifdef NORMALS
  // The picture's axes: x right, y up, z towards the viewer.
  vec3 normal = Normal();
  out_normal = vec4(vec3(normal.x, -normal.y, -normal.z) * 0.5 + 0.5, 1.0);
#endif
#ifdef FLOW
  vec2 previous_px = v_previous.xy / max(v_previous.z, half_size_px.z) * half_size_px.xy + half_size_px.xy;
  out_flow = gl_FragCoord.xy - previous_px;
#endif
}
