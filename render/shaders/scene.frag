// Colour and labels of one surface point. Every pass has its own target; those not asked for are compiled out.
#ifdef COLOR
layout(binding = 0) uniform sampler2DArray patterns;
flat in vec4 v_color;
flat in vec3 v_surface;
in vec2 v_uv;
#ifdef PICTURES
layout(binding = 3) uniform sampler2DArray pictures;
#endif
layout(location = 0) out vec4 out_color;
#endif
#ifdef DRAFT
in vec3 v_light;
#endif
#ifdef SHADOWS
layout(binding = 1) uniform sampler2DShadow shadow_map;
in vec3 v_shadow;
#endif
#ifdef NEED_NORMAL
in vec3 v_normal;
#endif
#ifdef FIXED_FUNCTION
in vec3 v_position;
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

#ifdef SHADOWS
// The share of sunlight that reaches the point; the sampler blends 2 x 2 comparisons.
float Sunlight() {
#ifdef SOFT_SHADOWS
  // 3 x 3 texels by four blended lookups half a texel apart.
  vec2 texel = vec2(0.5) / vec2(textureSize(shadow_map, 0));
  return 0.25 * (texture(shadow_map, v_shadow + vec3(-texel.x, -texel.y, 0)) +
                 texture(shadow_map, v_shadow + vec3(texel.x, -texel.y, 0)) +
                 texture(shadow_map, v_shadow + vec3(-texel.x, texel.y, 0)) +
                 texture(shadow_map, v_shadow + vec3(texel.x, texel.y, 0)));
#else
  return texture(shadow_map, v_shadow);
#endif
}
#elif defined(COLOR) && !defined(DRAFT)
float Sunlight() { return 1.0; }
#endif

#ifdef COLOR
// What the surface's colour is multiplied by: its own picture, or the neutral pattern.
vec3 Tint() {
  float shade = texture(patterns, vec3(v_uv, v_surface.x)).r;
#ifdef PICTURES
  // Both are looked up everywhere: neighbouring pixels share the choice of the mip level.
  vec3 picture = texture(pictures, vec3(v_uv, max(v_surface.z, 0.0))).rgb;
#if !defined(DRAFT) && !defined(FIXED_FUNCTION)
  picture *= picture;  // to linear light
#endif
  if (v_surface.z >= 0.0) return picture;
#endif
  return vec3(shade);
}
#endif

#if defined(COLOR) && defined(FIXED_FUNCTION)
// Phong lighting in display space with a headlight: ambient .1, diffuse .4, specular .5 are MuJoCo's headlight, the
// sun's diffuse .7 and specular .3 its default light; shininess .5 * 128 its default material.
vec3 Shade(vec3 n, vec3 albedo, float emission) {
  vec3 to_viewer = normalize(-v_position);
  float sunlight = Sunlight();
  float facing = max(dot(n, to_viewer), 0.0);
  float lit = max(dot(n, to_light.xyz), 0.0) * sunlight;
  float glare = pow(max(dot(n, normalize(to_light.xyz + to_viewer)), 0.0), 64.0) * sunlight;
  float shine = v_color.a;
  vec3 light = vec3(0.1 + 0.4 * facing) + 0.7 * lit;
  return albedo * mix(light, vec3(1.0), emission) + shine * (0.5 * pow(facing, 64.0) + 0.3 * glare);
}
#elif defined(COLOR) && !defined(DRAFT)
// Lambert under a hemisphere and one sun, with a highlight (n . h)^16; returns display values.
vec3 Shade(vec3 n, vec3 albedo, float emission) {
  float sunlight = Sunlight();
  vec3 light = ambient.rgb + ambient_slope.rgb * dot(n, up.xyz) + sun.rgb * (max(dot(n, to_light.xyz), 0.0) * sunlight);
  float h = max(dot(n, half_vector.xyz), 0.0);
  h *= h;
  h *= h;
  h *= h;
  h *= h;
  return sqrt(albedo * mix(light, vec3(1.0), emission) + v_color.a * h * sunlight);
}
#endif

void main() {
#ifdef NEED_NORMAL
  vec3 n = normalize(v_normal);
#endif
#ifdef COLOR
#ifdef DRAFT
  out_color = vec4(v_light * Tint(), 1.0);
#else
  out_color = vec4(Shade(n, v_color.rgb * Tint(), v_surface.y), 1.0);
#endif
#endif
#ifdef ID
  out_id = v_id;
#endif
#ifdef NORMALS
  // The picture's axes: x right, y up, z towards the viewer.
  out_normal = vec4(vec3(n.x, -n.y, -n.z) * 0.5 + 0.5, 1.0);
#endif
#ifdef FLOW
  vec2 previous_px = v_previous.xy / max(v_previous.z, half_size_px.z) * half_size_px.xy + half_size_px.xy;
  out_flow = gl_FragCoord.xy - previous_px;
#endif
}
