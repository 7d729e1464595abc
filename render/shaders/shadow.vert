// Depth of shadow casters seen from the light.
layout(location = 0) in vec3 in_position;
layout(location = 4) in vec4 row0;
layout(location = 5) in vec4 row1;
layout(location = 6) in vec4 row2;

void main() {
  vec3 p = ToShadowMap(Transform(row0, row1, row2, in_position));
  gl_Position = vec4(p.xy * 2.0 - 1.0, p.z, 1.0);
}
