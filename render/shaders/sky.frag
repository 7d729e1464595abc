// The sky behind everything: a cube seen from its middle.
layout(binding = 0) uniform samplerCube image;
layout(location = 0) uniform vec4 sky_rows[3];  // frame C to the cube
layout(location = 0) out vec4 out_color;

void main() {
  vec2 ndc = (gl_FragCoord.xy - half_size_px.xy) / half_size_px.xy;
  vec3 way = vec3(ndc / projection.xy, 1.0);
  out_color = vec4(texture(image, Transform(sky_rows[0], sky_rows[1], sky_rows[2], way)).rgb, 1.0);
}
