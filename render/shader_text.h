// The text of the files in shaders/, put into the program by the build.
#pragma once

namespace figment::render {

extern const char k_frame_glsl[];
extern const char k_scene_vert[];
extern const char k_scene_frag[];
extern const char k_shadow_vert[];
extern const char k_screen_vert[];
extern const char k_occlusion_frag[];
extern const char k_phong_glsl[];
extern const char k_phong_vert[];
extern const char k_phong_frag[];
extern const char k_phong_shadow_vert[];
extern const char k_sky_frag[];

}  // namespace figment::render
