// Scene: what is drawn and what an engine needs, constant during a run. SceneState: what changes.
// Both are plain values: no engine, no GL. Physics hands a SceneState to drawing and to files.
//
// Frame W (world): metres, right-handed, z up, the floor near z = 0. Quaternions w x y z. Colours sRGB in 0..1.
// The origin of a body is its shape's origin (bottom centre), not its centre of mass.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/pose.h"
#include "envs/shapes.h"

namespace figment::envs {

using Rgb = Eigen::Vector3f;  // sRGB, 0..1

// Procedural surface families; the renderer draws each as a neutral pattern tinted by the colour.
enum class Texture { kPlain, kWood, kParquet, kTile, kCarpet, kMetal, kPlastic, kFabric, kLeaf, kPlaster };

struct Appearance {
  Rgb color = Rgb(0.7f, 0.7f, 0.7f);
  Texture texture = Texture::kPlain;
  double texture_size_m = 1.0;  // length of one repeat of the pattern
  int picture = -1;             // index into Scene::pictures: replaces the pattern, times `color`; -1 = none
};

// What a surface shows where its material has a picture of its own; texture coordinates run 0..1, v down, and repeat.
struct Picture {
  int width = 0, height = 0;
  std::vector<uint8_t> rgb;     // [H, W, 3] sRGB, row-major from the top left
};

// How a geom looks under Lighting::kPhong: the material of fixed-function OpenGL, colours in display space.
struct PhongMaterial {
  Eigen::Vector4f rgba = Eigen::Vector4f(0.5f, 0.5f, 0.5f, 1.0f);  // alpha 0: not drawn at all
  float emission = 0, specular = 0.5f;
  float exponent = 64;               // of the highlight
  int image = -1;                    // index into Scene::images, or -1
  enum class Mapping {
    kVertex,                         // a 2D image at the mesh's texture coordinates
    kPlanar,                         // a 2D image at x, y of the shape's own frame at unit scale
    kCube,                           // a cube image in the direction x, y, z of the shape's own frame at unit scale
  } mapping = Mapping::kVertex;
  Eigen::Vector3f image_scale = Eigen::Vector3f::Ones();   // times the coordinates ...
  Eigen::Vector2f image_offset = Eigen::Vector2f::Zero();  // ... plus this
};

enum class Motion {
  kFixed,    // never moves, infinite mass (kinematic in the reference)
  kDynamic,  // moved by forces
};

// Coulomb friction and restitution of one surface; a pair combines by WorldConfig's rules.
struct Surface {
  double friction = 0.5;         // dynamic coefficient
  double static_friction = 0.5;  // recorded; engines with one coefficient use `friction`
  double restitution = 0.0;
};

struct Body {
  std::string name;
  int shape = 0;                              // index into Scene::shapes
  base::Vec3 scale = base::Vec3::Ones();      // along the shape's axes
  base::Pose X_WB;                            // start pose
  Motion motion = Motion::kDynamic;
  double mass_kg = 1.0;
  Surface surface;
  double linear_damping = 0.0, angular_damping = 0.0;  // 1/s, as PhysX drag
  bool collides = true;
  std::vector<Appearance> appearance = {Appearance{}};  // one per material slot (missing slots use the first)
  // Under Lighting::kPhong:
  PhongMaterial material;
  int group = 0;                              // 0..31; a view shows some groups
  int height_field = -1;                      // index into Scene::height_fields: drawn instead of the shape
  base::Vec2 endless_m = base::Vec2::Zero();  // > 0: stays under the camera in steps of this along its own x or y
};

// A rectangular sheet of cloth, resolution[0] x resolution[1] vertices, row by row.
// At the start it lies flat: vertex (i, j) at X_WC * ((i/(n0-1) - .5) size.x, (j/(n1-1) - .5) size.y, 0).
struct Cloth {
  std::string name;
  std::array<int, 2> resolution = {33, 33};
  base::Vec2 size_m = base::Vec2(2, 2);
  base::Pose X_WC;
  double mass_kg = 0.5;
  double stretch_stiffness = 1, bend_stiffness = 0.5, shear_stiffness = 1;  // 0..1
  double friction = 1.0;
  double thickness_m = 0.02;
  Appearance appearance;
};

// Holds body_b rigidly to body_a at their start poses; unbreakable.
struct FixedJoint {
  int body_a = 0, body_b = 0;
};

// The floor: a horizontal plane. Physics treats it as infinite, drawing as a square around the origin.
struct Ground {
  double height_m = 0.0;
  double half_size_m = 6.0;
  Surface surface;
  Appearance appearance;
};

// A fixed box that belongs to the room (wall, skirting, window): drawn with id 0; collides if asked.
struct Fixture {
  base::Pose X_WF;                 // centre of the box
  base::Vec3 half_size = base::Vec3::Ones();
  Appearance appearance;
  bool collides = false;
  bool casts_shadow = false;
  double emission = 0.0;           // 0: lit; 1: shows its own colour (a window, a lamp)
};

// One directional light with shadows and an ambient term.
struct Light {
  base::Vec3 direction_W = base::Vec3(0.3, 0.4, -1.0).normalized();  // the way the light travels
  Rgb color = Rgb(1.0f, 0.98f, 0.94f);
  double intensity = 0.75;
  Rgb ambient = Rgb(0.45f, 0.46f, 0.5f);
};

// --- Lighting as fixed-function OpenGL has it, lamp by lamp and in display space: how MuJoCo draws (envs/mjcf.h)

enum class Lighting {
  kRoom,   // one directional light and an ambient term
  kPhong,  // Scene::lamps on PhongMaterials; no floor or room of its own
};

struct Lamp {
  enum class Kind { kDirectional, kSpot } kind = Kind::kDirectional;
  bool on_camera = false;            // a headlight: shines the way the camera looks
  bool casts_shadow = false;
  Rgb ambient = Rgb::Zero(), diffuse = Rgb::Constant(0.7f), specular = Rgb::Constant(0.3f);
  // A spot's: 1 / (a + b d + c d^2), cos(angle)^exponent, nothing beyond the cut-off.
  Eigen::Vector3f attenuation = Eigen::Vector3f(1, 0, 0);
  float exponent = 10;
  double cutoff_rad = 0.7853981633974483;
};

struct LampState {
  base::Vec3 position_W = base::Vec3::Zero();
  base::Vec3 direction_W = -base::Vec3::UnitZ();  // the way it shines
};

// A picture in display space; a cube has six square faces one below the other: +x, -x, +y, -y, +z, -z as in OpenGL.
struct Image {
  bool cube = false;
  int width = 0, height = 0;         // of all faces together
  std::vector<uint8_t> rgb;          // [H, W, 3]
};

// A grid of heights over x, y of its body's frame. Vertex (row, column) lies at
// ((2 column / (columns - 1) - 1) half_size.x, (2 row / (rows - 1) - 1) half_size.y, height).
struct HeightField {
  int rows = 2, columns = 2;
  base::Vec2 half_size_m = base::Vec2::Ones();
  double base_m = 0;                 // the solid reaches this far below 0
};

// Heights are replaced as a whole and never written to, so that states share them.
struct HeightFieldState {
  std::shared_ptr<const std::vector<float>> heights_m;  // [rows, columns]
};

// A mesh whose vertices follow several bones (linear blend skinning).
struct Skin {
  std::string name;
  PhongMaterial material;
  int group = 0;
  Mesh mesh;                         // as bound; world frame; normals are made anew
  float inflate_m = 0;               // moves vertices along their normals
  struct Bone {
    base::Pose X_WB;                 // as bound
    std::vector<int> vertices;
    std::vector<float> weights;
  };
  std::vector<Bone> bones;
};

// A pinhole camera. Frame C: x right, y down, z forward (into the picture). Depth is z in metres, not ray length.
struct Camera {
  std::string name;
  base::Pose X_PC;                 // pose in the parent body's frame, or in the world
  int parent = -1;                 // body index, or -1 = world
  double fov_y_rad = 0.9599310885968813;  // 55 degrees
  double near_m = 0.1, far_m = 100.0;
};

// Camera at `position` looking at `target`, the picture's up as close to +z as possible.
Camera LookAt(const base::Vec3& position, const base::Vec3& target, double fov_y_rad);

struct Scene {
  std::vector<Shape> shapes;
  std::vector<Body> bodies;
  std::vector<Cloth> cloths;
  std::vector<FixedJoint> joints;
  Ground ground;
  std::vector<Fixture> fixtures;
  Light light;
  std::vector<Camera> cameras;
  std::vector<Picture> pictures;                     // of shapes whose uvs are picture coordinates

  Lighting lighting = Lighting::kRoom;
  // The following belong to Lighting::kPhong, which draws bodies, height fields and skins only.
  std::vector<Lamp> lamps;
  std::vector<std::shared_ptr<const Image>> images;  // shared by copies of the scene
  int sky = -1;                                      // a cube image behind everything, +y overhead, -z to the north; -1: black
  int shadow_map_side = 2048;                        // at most, texels
  double shadow_spot_scale = 0.6;                    // share of a spot's cone that its shadow map covers
  double shadow_half_width_m = 1;                    // of a directional lamp's shadow map
  std::vector<HeightField> height_fields;
  std::vector<Skin> skins;
};

struct BodyState {
  base::Pose X_WB;                                   // of the shape's origin
  base::Vec3 velocity_W = base::Vec3::Zero();        // of the centre of mass, m/s
  base::Vec3 angular_velocity_W = base::Vec3::Zero();  // rad/s
  bool asleep = false;                               // the engine holds it still until something touches it
};

struct ClothState {
  std::vector<Eigen::Vector3f> vertices_W;           // [n0*n1]
  std::vector<Eigen::Vector3f> velocities_W;         // [n0*n1]
};

// A change of one body's look during a run; it holds from the state that carries it on.
struct Override {
  int body = 0;
  std::optional<Appearance> appearance;
  std::optional<PhongMaterial> material;
  std::optional<base::Vec3> scale;
  bool visible = true;
};

struct SceneState {
  double time_s = 0;
  std::vector<BodyState> bodies;                     // as Scene::bodies
  std::vector<ClothState> cloths;                    // as Scene::cloths
  uint64_t overrides_revision = 0;                   // changes whenever `overrides` does
  std::vector<Override> overrides;
  // Under Lighting::kPhong:
  std::vector<LampState> lamps;                      // as Scene::lamps
  std::vector<base::Pose> cameras_W;                 // X_WC as Scene::cameras, or empty: as their parents stand
  std::vector<base::Pose> bones_W;                   // of all skins, one after the other
  std::vector<HeightFieldState> height_fields;       // as Scene::height_fields
};

// The camera of that name as it stands in `state` (its parent is then the world). Throws base::Error with the nearest name.
Camera CameraNow(const Scene& scene, const SceneState& state, const std::string& name);

// The state at rest at the start poses.
SceneState InitialState(const Scene& scene);

// Centre of mass of a body in the world.
base::Vec3 CentreOfMass(const Scene& scene, const SceneState& state, int body);

}  // namespace figment::envs
