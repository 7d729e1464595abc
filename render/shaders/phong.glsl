// Lamps of fixed-function OpenGL. Their C++ mirror is LampBlock in render/phong_list.h. All in frame C and display space.
struct Lamp {
  vec4 position;        // w = 1: a spot
  vec4 direction;       // unit, the way it shines; w = cosine of the cut-off
  vec4 ambient;         // w = exponent
  vec4 diffuse, specular, attenuation;
  vec4 shadow_rows[4];  // frame C to the shadow map's s, t, r, q
};
layout(std140, binding = 1) uniform Lamps { Lamp lamps[LAMPS]; };

vec4 ShadowPlace(int k, vec3 p) {
  vec4 point = vec4(p, 1.0);
  return vec4(dot(lamps[k].shadow_rows[0], point), dot(lamps[k].shadow_rows[1], point), dot(lamps[k].shadow_rows[2], point),
              dot(lamps[k].shadow_rows[3], point));
}

// What lamp k adds to a surface point; surface.x = specular, .y = exponent.
vec3 LampLight(int k, vec3 p, vec3 n, vec3 rgb, vec2 surface) {
  vec3 to_lamp = -lamps[k].direction.xyz;
  float strength = 1.0;
  if (lamps[k].position.w > 0.0) {
    vec3 way = lamps[k].position.xyz - p;
    float distance2 = dot(way, way);
    float d = sqrt(distance2);
    to_lamp = way / max(d, 1e-9);
    float off_axis = -dot(to_lamp, lamps[k].direction.xyz);
    strength = off_axis < lamps[k].direction.w ? 0.0 : pow(max(off_axis, 1e-6), lamps[k].ambient.w);
    strength /= lamps[k].attenuation.x + lamps[k].attenuation.y * d + lamps[k].attenuation.z * distance2;
  }
  float facing = max(dot(n, to_lamp), 0.0);
  vec3 light = rgb * (lamps[k].ambient.rgb + facing * lamps[k].diffuse.rgb);
  float glare = dot(n, normalize(to_lamp + normalize(-p)));
  if (facing > 0.0 && glare > 0.0) light += surface.x * pow(glare, surface.y) * lamps[k].specular.rgb;
  return strength * light;
}

// Lamps without shadow maps, and what the surface gives off itself; clamped as fixed-function OpenGL clamps a vertex.
// Lamps that cast shadows are added one by one, as they are where shadows are drawn.
vec3 BaseLight(vec3 p, vec3 n, vec3 rgb, vec3 surface) {
  vec3 light = surface.z * rgb;
  for (int k = ADDED_LAMPS; k < LAMPS; ++k) light += LampLight(k, p, n, rgb, surface.xy);
  light = clamp(light, 0.0, 1.0);
  for (int k = SHADOW_LAMPS; k < ADDED_LAMPS; ++k) light += clamp(LampLight(k, p, n, rgb, surface.xy), 0.0, 1.0);
  return light;
}
