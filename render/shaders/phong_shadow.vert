// Depth seen from the lamp LAMP.
layout(location = 0) in vec3 in_position;
layout(location = 4) in vec4 row0;
layout(location = 5) in vec4 row1;
layout(location = 6) in vec4 row2;
layout(location = 10) in vec4 scale;

void main() {
  float middle = clamp(in_position.z, -1.0, 1.0);
  vec3 shaped = scale.w > 0.0 ? vec3(in_position.xy, middle + (in_position.z - middle) * scale.w) : in_position;
  vec4 place = ShadowPlace(LAMP, Transform(row0, row1, row2, shaped));
  gl_Position = vec4(2.0 * place.xy - place.w, place.z, place.w);
}
