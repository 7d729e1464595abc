// Depth of shadow casters seen from the light.
layout(std430, binding = 1) readonly buffer Instances { Instance instances[]; };
layout(location = 0) in vec3 in_position;
layout(location = 5) in uint in_instance;

void main() {
  vec3 p = Transform(light_rows, Transform(instances[in_instance].rows, in_position));
  gl_Position = vec4(p.xy * 2.0 - 1.0, p.z, 1.0);
}
