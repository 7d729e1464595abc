// Ambient occlusion from the depth picture: how much of the half-space above a point is filled nearby. The result
// darkens the colour below it by multiplicative blending.
layout(binding = 2) uniform sampler2D depth_map;
layout(location = 0) out vec4 out_color;

const int kSamples = 12;
const float kRadius_m = 0.25;   // contact shadows of objects of .1 to 1 m
const float kStrength = 1.1;    // darkest corner keeps about half of its light

vec3 PositionAt(ivec2 pixel) {
  float d = texelFetch(depth_map, pixel, 0).r;
  float z = projection.w / max(d - projection.z, 1e-9);
  vec2 ndc = (vec2(pixel) + 0.5 - half_size_px.xy) / half_size_px.xy;
  return vec3(ndc * z / projection.xy, z);
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  ivec2 last = ivec2(half_size_px.xy * 2.0) - 1;
  vec3 p = PositionAt(pixel);
  // The surface's normal from neighbouring depths; each axis takes the side with the smaller step, to stay on it.
  vec3 left = PositionAt(max(pixel - ivec2(1, 0), ivec2(0))), right = PositionAt(min(pixel + ivec2(1, 0), last));
  vec3 above = PositionAt(max(pixel - ivec2(0, 1), ivec2(0))), below = PositionAt(min(pixel + ivec2(0, 1), last));
  vec3 dx = abs(left.z - p.z) < abs(right.z - p.z) ? p - left : right - p;
  vec3 dy = abs(above.z - p.z) < abs(below.z - p.z) ? p - above : below - p;
  vec3 n = normalize(cross(dy, dx));

  float radius_px = min(kRadius_m * projection.x * half_size_px.x / p.z, 0.15 * half_size_px.x);
  // A 4 x 4 pattern of turns hides the few samples; it is fixed to the picture.
  float turn = float((pixel.x & 3) * 4 + (pixel.y & 3)) * (6.2831853 / 16.0);
  float filled = 0.0;
  for (int i = 0; i < kSamples; ++i) {
    // A spiral of golden-angle steps.
    float angle = float(i) * 2.3999632 + turn;
    float r = radius_px * sqrt((float(i) + 0.5) / float(kSamples));
    vec3 q = PositionAt(clamp(pixel + ivec2(round(r * vec2(cos(angle), sin(angle)))), ivec2(0), last)) - p;
    float distance2 = dot(q, q);
    float height = max(dot(q, n) - 0.01, 0.0) * inversesqrt(distance2 + 1e-6);
    filled += height * max(0.0, 1.0 - distance2 / (kRadius_m * kRadius_m));
  }
  float open = clamp(1.0 - kStrength * filled / float(kSamples) * 2.0, 0.3, 1.0);
  out_color = vec4(vec3(sqrt(open)), 1.0);
}
