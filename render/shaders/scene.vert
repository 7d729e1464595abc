// Vertices of bodies, cloth, fixtures and floor, for colour and all labels.
layout(std430, binding = 1) readonly buffer Instances { Instance instances[]; };
layout(std430, binding = 2) readonly buffer Materials { Material materials[]; };

layout(location = 0) in vec3 in_position;
layout(location = 1) in vec3 in_previous;
layout(location = 2) in vec3 in_normal;
layout(location = 3) in vec2 in_uv;
layout(location = 4) in uint in_slot;
layout(location = 5) in uint in_instance;

#ifdef COLOR
flat out vec4 v_color;    // linear rgb, specular strength
out vec4 v_uv;            // u, v, layer, emission
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

vec2 SurfaceCoordinates(Instance instance) {
  vec3 p = in_position * instance.scale.xyz;
  vec3 n = abs(in_normal);
  vec2 along = n.z >= max(n.x, n.y) ? p.xy : (n.x > n.y ? p.yz : p.xz);
  return instance.scale.w > 0.0 ? in_uv * instance.scale.w : along;
}

void main() {
  Instance instance = instances[in_instance];
  vec3 position = Transform(instance.rows, in_position);
  gl_Position = vec4(position.xy * projection.xy, position.z * projection.z + projection.w, position.z);

  // R S^-1 n, from the rows R S.
  vec3 scaled = in_normal / (instance.scale.xyz * instance.scale.xyz);
  vec3 normal = normalize(vec3(dot(instance.rows[0].xyz, scaled), dot(instance.rows[1].xyz, scaled),
                               dot(instance.rows[2].xyz, scaled)));
#ifdef NEED_NORMAL
  v_normal = normal;
#endif
#ifdef COLOR
  Material material = materials[instance.indices.y + in_slot];
  v_color = material.color;
  v_uv = vec4(SurfaceCoordinates(instance) * material.pattern.y, material.pattern.xz);
#ifdef DRAFT
  vec3 light = mix(floor_ambient.rgb, sky_ambient.rgb, dot(normal, up.xyz) * 0.5 + 0.5) +
               sun.rgb * max(dot(normal, to_light.xyz), 0.0);
  v_light = sqrt(material.color.rgb * mix(light, vec3(1.0), material.pattern.z));
#endif
#ifdef SHADOWS
  v_shadow = Transform(light_rows, position + normal * half_size_px.w);
#endif
#endif
#ifdef FIXED_FUNCTION
  v_position = position;
#endif
#ifdef FLOW
  vec3 previous = Transform(instance.previous_rows, in_previous);
  v_previous = vec3(previous.xy * previous_projection.xy, previous.z);
#endif
#ifdef ID
  v_id = instance.indices.x;
#endif
}
