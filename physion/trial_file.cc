#include "physion/trial_file.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "files/hdf5.h"
#include "files/jpeg.h"
#include "files/png.h"
#include "physion/side_files.h"
#include "physion/solid_particles.h"
#include "physion/trial_arrays.h"

namespace figment::physion {
namespace {

using Json = nlohmann::ordered_json;
using files::Hdf5Compression;
using files::Hdf5Shape;

// Of the layout of ext/; the rest is the reference's.
constexpr const char* kFormat = "figment-physion 1";

std::string FrameName(int frame) {
  char name[16];
  std::snprintf(name, sizeof name, "%04d", frame);
  return name;
}

// A group of the file being written.
class Group {
 public:
  Group(files::Hdf5Writer& file, std::string path) : file_(file), path_(std::move(path)) { file_.MakeGroup(path_); }
  Group Sub(const std::string& name) const { return {file_, Path(name)}; }

  // An array of shape [N, row...], where N follows from the number of values.
  template <class T>
  void Array(const std::string& name, const std::vector<T>& values, const Hdf5Shape& row = {},
             Hdf5Compression compression = Hdf5Compression::kNone) const {
    const int64_t row_size = std::accumulate(row.begin(), row.end(), int64_t{1}, std::multiplies<>());
    Hdf5Shape shape = {static_cast<int64_t>(values.size()) / row_size};
    shape.insert(shape.end(), row.begin(), row.end());
    file_.Write(Path(name), std::span<const T>(values), shape, compression);
  }
  void Texts(const std::string& name, const std::vector<std::string>& texts) const {
    file_.WriteStrings(Path(name), texts);
  }
  void Text(const std::string& name, const std::string& text) const { file_.WriteString(Path(name), text); }
  void Bool(const std::string& name, bool value) const { file_.WriteBool(Path(name), value); }
  void Integer(const std::string& name, int64_t value) const { file_.WriteScalar(Path(name), value); }
  void Number(const std::string& name, double value) const { file_.WriteScalar(Path(name), value); }
  void Vector(const std::string& name, const base::Vec3& v) const {
    const Eigen::Vector3f values = v.cast<float>();
    Array(name, Floats(values.begin(), values.end()));
  }

 private:
  std::string Path(const std::string& name) const { return path_ + "/" + name; }

  files::Hdf5Writer& file_;
  std::string path_;
};

// --- static/ -----------------------------------------------------------------------------------------------------

bool IsVectorJson(const Json& value) { return value.is_object() && value.size() == 3 && value.contains("x"); }

Floats FloatsOf(const Json& array) {
  Floats values;
  for (const Json& item : array) values.push_back(item.get<float>());
  return values;
}

std::vector<std::string> TextsOf(const Json& array) {
  std::vector<std::string> texts;
  for (const Json& item : array) texts.push_back(item.get<std::string>());
  return texts;
}

// A scenario's own entry, with the type h5py would give the same Python value. Null = not written, as in the reference.
void WriteJson(const Group& group, const std::string& name, const Json& value) {
  if (value.is_boolean()) group.Bool(name, value.get<bool>());
  else if (value.is_number_integer()) group.Integer(name, value.get<int64_t>());
  else if (value.is_number()) group.Number(name, value.get<double>());
  else if (value.is_string()) group.Text(name, value.get<std::string>());
  else if (IsVectorJson(value)) group.Array(name, FloatsOf({value["x"], value["y"], value["z"]}));
  else if (value.is_array() && !value.empty() && value[0].is_number())
    group.Array(name, FloatsOf(value));
  else if (value.is_array()) group.Texts(name, TextsOf(value));
  else CHECK(value.is_null());
}

// Values of every object: [N, 3] or [N].
Floats OfObjects(const TrialSpec& spec, base::Vec3 ObjectSpec::* member) {
  Floats values;
  for (const ObjectSpec& object : spec.objects)
    for (int axis = 0; axis < 3; ++axis) values.push_back(static_cast<float>((object.*member)[axis]));
  return values;
}

std::vector<double> OfObjects(const TrialSpec& spec, double ObjectSpec::* member) {
  std::vector<double> values;
  for (const ObjectSpec& object : spec.objects) values.push_back(object.*member);
  return values;
}

std::vector<std::string> ModelsOf(const TrialSpec& spec, const std::string& role) {
  std::vector<std::string> models;
  for (const ObjectSpec& object : spec.objects)
    if (object.role == role) models.push_back(object.model);
  return models;
}

void WriteNames(const Group& group, const TrialSpec& spec, const std::string& version) {
  group.Text("stimulus_name", spec.stimulus_name());
  group.Text("controller_name", spec.controller);
  group.Text("git_commit", version);
  group.Text("room", spec.room);
  group.Integer("seed", (spec.trial_seed - spec.index) / 1000);  // trial_seed = 1000 * seed + index
  group.Integer("randomize", 0);
  group.Integer("trial_seed", spec.trial_seed);
  group.Integer("trial_num", spec.index);
}

void WriteObjects(const Group& group, const TrialSpec& spec) {
  std::vector<int64_t> ids;
  std::vector<std::string> models;
  std::vector<uint8_t> colors;
  for (size_t i = 0; i < spec.objects.size(); ++i) {
    ids.push_back(spec.objects[i].id);
    models.push_back(spec.objects[i].model);
    for (const uint8_t channel : SegmentationColor(static_cast<int>(i))) colors.push_back(channel);
  }
  group.Array("object_ids", ids);
  group.Texts("model_names", models);
  group.Array("object_segmentation_colors", colors, {3});
  group.Array("initial_position", OfObjects(spec, &ObjectSpec::position), {3});
  group.Array("initial_rotation", OfObjects(spec, &ObjectSpec::rotation_deg), {3});
  group.Array("color", OfObjects(spec, &ObjectSpec::color), {3});

  const Floats scale = OfObjects(spec, &ObjectSpec::scale);
  group.Array("scale", scale, {3});
  for (size_t axis = 0; axis < 3; ++axis) {
    Floats values;
    for (size_t i = axis; i < scale.size(); i += 3) values.push_back(scale[i]);
    group.Array(std::string("scale_") + "xyz"[axis], values);
  }

  const std::vector<std::pair<const char*, double ObjectSpec::*>> numbers = {
      {"mass", &ObjectSpec::mass_kg},
      {"static_friction", &ObjectSpec::static_friction},
      {"dynamic_friction", &ObjectSpec::dynamic_friction},
      {"bounciness", &ObjectSpec::bounciness}};
  for (const auto& [name, member] : numbers) group.Array(name, OfObjects(spec, member));
  group.Texts("distractors", ModelsOf(spec, "distractor"));
  group.Texts("occluders", ModelsOf(spec, "occluder"));
}

// The generic entries about roles; a scenario's own entry of the same name goes before.
void WriteRoles(const Group& group, const Trial& trial) {
  const TrialSpec& spec = trial.spec;
  const auto is_own = [&](const char* name) { return spec.static_fields.contains(name); };
  const ObjectSpec& target = spec.objects[static_cast<size_t>(trial.target)];
  group.Integer("zone_id", spec.zone_id);
  group.Integer("target_id", spec.target_id);
  if (!is_own("target_type")) group.Text("target_type", target.model);
  if (!is_own("target_rotation")) group.Vector("target_rotation", target.rotation_deg);
  if (trial.probe >= 0) {
    const ObjectSpec& probe = spec.objects[static_cast<size_t>(trial.probe)];
    group.Integer("probe_id", *spec.probe_id);
    if (!is_own("probe_type")) group.Text("probe_type", probe.model);
    if (!is_own("probe_mass")) group.Number("probe_mass", probe.mass_kg);
  }
  for (const ObjectSpec& object : spec.objects) {
    if (object.role == "ramp" && !is_own("ramp_id")) group.Integer("ramp_id", object.id);
    if (object.role != "ramp_base") continue;
    if (!is_own("ramp_base_id")) group.Integer("ramp_base_id", object.id);
    if (!is_own("ramp_base_height")) group.Number("ramp_base_height", object.scale.y());
  }
}

void WritePush(const Group& group, const Trial& trial) {
  group.Integer("push_time", trial.push ? trial.push->frame : 0);
  if (!trial.push) return;
  const Push& push = *trial.push;
  const base::Vec3 point_W =
      push.point_W ? *push.point_W : envs::CentreOfMass(trial.scene, envs::InitialState(trial.scene), push.body);
  group.Vector("push_force", ToReference(push.impulse_Ns));
  group.Vector("push_position", ToReference(point_W));
}

void WriteMeshes(const Group& parent, const Trial& trial) {
  Group group = parent.Sub("mesh");
  for (size_t i = 0; i < trial.spec.objects.size(); ++i) {
    const ReferenceMesh mesh = MeshOfObject(trial, static_cast<int>(i));
    group.Array("vertices_" + std::to_string(i), mesh.vertices, {3}, Hdf5Compression::kGzip);
    group.Array("faces_" + std::to_string(i), mesh.faces, {3}, Hdf5Compression::kGzip);
  }
}

// What the reference calls actors of its particle engine. Only what we have an equal of.
void WriteCloth(const Group& parent, const Trial& trial) {
  const ClothSpec& cloth = *trial.spec.cloth;
  const Group group = parent.Sub("cloth_actors");
  group.Array("object_id", std::vector<int64_t>{trial.spec.target_id});
  group.Array("mass_scale", std::vector{trial.spec.objects[static_cast<size_t>(trial.target)].mass_kg});
  group.Array("stretch_stiffness", std::vector{cloth.stretch_stiffness});
  group.Array("bend_stiffness", std::vector{cloth.bend_stiffness});
  group.Array("tether_stiffness", std::vector{cloth.tether_stiffness});
}

void WriteStatic(const Group& group, const Trial& trial, const TrialFileOptions& options) {
  WriteNames(group, trial.spec, options.version);
  WriteObjects(group, trial.spec);
  WriteRoles(group, trial);
  WritePush(group, trial);
  for (const auto& [name, value] : trial.spec.static_fields.items()) WriteJson(group, name, value);
  if (trial.spec.cloth) WriteCloth(group, trial);
  if (options.save_meshes) WriteMeshes(group, trial);
}

// --- frames/NNNN/ ------------------------------------------------------------------------------------------------

void WriteStream(const Group& group, const char* name, const Bytes& stream) {
  if (!stream.empty()) group.Array(name, stream);
}

void WriteImages(const Group& frame, const EncodedFrame& pictures) {
  Group group = frame.Sub("images");
  WriteStream(group, "_img", pictures.img);
  WriteStream(group, "_id", pictures.id);
  WriteStream(group, "_normals", pictures.normals);
  WriteStream(group, "_flow", pictures.flow);
  if (!pictures.depth.empty())
    group.Array("_depth", pictures.depth, {pictures.width, 3}, Hdf5Compression::kGzipByChannel);
}

void WriteObjectArrays(const Group& frame, const ObjectArrays& arrays) {
  Group group = frame.Sub("objects");
  group.Array("positions", arrays.positions, {3});
  group.Array("forwards", arrays.forwards, {3});
  group.Array("rotations", arrays.rotations, {4});
  group.Array("velocities", arrays.velocities, {3});
  group.Array("angular_velocities", arrays.angular_velocities, {3});
  for (size_t side = 0; side < kSideNames.size(); ++side) group.Array(kSideNames[side], arrays.sides[side], {3});
}

void WriteContacts(const Group& group, const Floats& contacts) {
  group.Array("contacts", contacts, {2, 3});
}

void WriteCollisionArrays(const Group& frame, const CollisionArrays& arrays) {
  Group pairs = frame.Sub("collisions");
  pairs.Array("object_ids", arrays.ids, {2});
  pairs.Array("relative_velocities", arrays.relative_velocities, {3});
  WriteContacts(pairs, arrays.contacts);
  pairs.Texts("states", arrays.states);
  Group room = frame.Sub("env_collisions");
  room.Array("object_ids", arrays.env_ids);
  WriteContacts(room, arrays.env_contacts);
}

void WriteLabels(const Group& frame, const FrameLabels& labels, bool rigid_target) {
  Group group = frame.Sub("labels");
  group.Bool("trial_end", labels.trial_end);
  group.Bool("trial_timeout", labels.trial_timeout);
  group.Bool("trial_complete", labels.trial_complete);
  group.Bool("has_target", labels.has_target);
  group.Bool("has_zone", labels.has_zone);
  group.Bool("target_contacting_zone", labels.target_contacting_zone);
  if (rigid_target) {  // the reference records no motion of a cloth
    group.Vector("target_delta_position", labels.target_delta_position);
    group.Bool("target_has_moved", labels.target_has_moved);
    group.Bool("target_on_ground", labels.target_on_ground);
  }
  if (labels.did_fall) group.Bool("did_fall", *labels.did_fall);
  if (labels.minimum_distance_target_to_zone)
    group.Number("minimum_distance_target_to_zone", *labels.minimum_distance_target_to_zone);
}

void WriteParticles(const Group& frame, int id, const ParticleArrays& arrays) {
  frame.Sub("particles").Array(std::to_string(id), arrays.particles, {4}, Hdf5Compression::kGzip);
  frame.Sub("velocities").Array(std::to_string(id), arrays.velocities, {3}, Hdf5Compression::kGzip);
}

// --- ext/ --------------------------------------------------------------------------------------------------------

void WriteContactTable(const Group& ext, const ContactTable& table) {
  const Group group = ext.Sub("contacts");
  group.Array("frame", table.frame, {}, Hdf5Compression::kGzip);
  group.Array("object_ids", table.ids, {2}, Hdf5Compression::kGzip);
  group.Array("pair", table.pair, {}, Hdf5Compression::kGzip);
  group.Array("point", table.points, {3}, Hdf5Compression::kGzip);
  group.Array("normal", table.normals, {3}, Hdf5Compression::kGzip);
  group.Array("impulse", table.impulses, {}, Hdf5Compression::kGzip);
  group.Array("distance", table.distances, {}, Hdf5Compression::kGzip);
}

}  // namespace

struct TrialFileWriter::Impl {
  const Trial& trial;
  files::Hdf5Writer file;
  Group frames, ext;
  int frame = 0;
  std::vector<SolidParticles> solids;   // by body; of cloth trials only

  // Running tables of ext/ and scratch.
  ContactTable contacts;
  std::vector<int32_t> visible_pixels;  // [T, N]
  ObjectArrays objects;
  CollisionArrays collisions;
  ParticleArrays particles;

  Impl(const Trial& t, const TrialFileOptions& options) : trial(t), frames(file, "frames"), ext(file, "ext") {
    WriteStatic({file, "static"}, trial, options);
    if (trial.spec.cloth)
      for (size_t body = 0; body < trial.scene.bodies.size(); ++body)
        solids.emplace_back(trial.scene, static_cast<int>(body));
    ext.Text("format", kFormat);
    ext.Text("trial", ToJson(trial.spec).dump());
  }

  bool RigidTarget() const { return trial.body_of_object[static_cast<size_t>(trial.target)] >= 0; }
  void AddFrame(const FrameRecord& record, const EncodedFrame& pictures);
  void AddParticles(const Group& group, const envs::SceneState& state);
  void AddFloatPictures(const EncodedFrame& pictures);
  void WriteCamera(const Group& group, const EncodedFrame& pictures);
  Bytes Finish(const Json& metadata);
};

void TrialFileWriter::Impl::WriteCamera(const Group& frame_group, const EncodedFrame& pictures) {
  const double aspect = pictures.height > 0 ? static_cast<double>(pictures.width) / pictures.height : 1.0;
  const CameraArrays matrices = CameraMatrices(trial.camera, aspect);
  Group group = frame_group.Sub("camera_matrices");
  group.Array("projection_matrix", Floats(matrices.projection.begin(), matrices.projection.end()));
  group.Array("camera_matrix", Floats(matrices.world_to_camera.begin(), matrices.world_to_camera.end()));
}

void TrialFileWriter::Impl::AddFloatPictures(const EncodedFrame& pictures) {
  if (pictures.depth_m.empty() && pictures.flow_px.empty()) return;
  const Group group = ext.Sub("frames").Sub(FrameName(frame));
  if (!pictures.depth_m.empty()) group.Array("depth", pictures.depth_m, {pictures.width}, Hdf5Compression::kGzip);
  if (!pictures.flow_px.empty()) group.Array("flow", pictures.flow_px, {pictures.width, 2}, Hdf5Compression::kGzip);
}

void TrialFileWriter::Impl::AddParticles(const Group& group, const envs::SceneState& state) {
  for (size_t object = 0; object < trial.body_of_object.size(); ++object) {
    const int body = trial.body_of_object[object];
    if (body >= 0)
      solids[static_cast<size_t>(body)].Fill(state.bodies[static_cast<size_t>(body)], particles);
    else
      FillParticleArrays(trial.scene.cloths.front(), state.cloths.front(), particles);
    WriteParticles(group, trial.spec.objects[object].id, particles);
  }
}

void TrialFileWriter::Impl::AddFrame(const FrameRecord& record, const EncodedFrame& pictures) {
  Group group = frames.Sub(FrameName(frame));
  WriteImages(group, pictures);
  FillObjectArrays(trial, record.state, objects);
  WriteObjectArrays(group, objects);
  FillCollisionArrays(trial, record, collisions);
  WriteCollisionArrays(group, collisions);
  WriteCamera(group, pictures);
  WriteLabels(group, record.labels, RigidTarget());
  if (trial.spec.cloth) AddParticles(group, record.state);
  AddContacts(trial, record, frame, contacts);
  for (const ObjectMask& mask : pictures.masks) visible_pixels.push_back(static_cast<int32_t>(mask.pixels));
  AddFloatPictures(pictures);
  ++frame;
}

Bytes TrialFileWriter::Impl::Finish(const Json& metadata) {
  WriteContactTable(ext, contacts);
  const auto objects_in_row = static_cast<int64_t>(trial.spec.objects.size());
  if (!visible_pixels.empty()) ext.Array("visible_pixels", visible_pixels, {objects_in_row}, Hdf5Compression::kGzip);
  ext.Text("metadata", metadata.dump());
  return file.Finish();
}

TrialFileWriter::TrialFileWriter(const Trial& trial, const TrialFileOptions& options)
    : impl_(std::make_unique<Impl>(trial, options)) {}
TrialFileWriter::~TrialFileWriter() = default;

void TrialFileWriter::AddFrame(const FrameRecord& record, const EncodedFrame& pictures) {
  impl_->AddFrame(record, pictures);
}

Bytes TrialFileWriter::Finish(const nlohmann::ordered_json& metadata) { return impl_->Finish(metadata); }

// --- Reading -----------------------------------------------------------------------------------------------------

namespace {

class TrialReader {
 public:
  explicit TrialReader(const std::filesystem::path& path) : path_(path), file_(path) {}

  TrialFileSummary Read() {
    ReadStatic();
    ReadFrames();
    summary_.metadata = Json::parse(file_.ReadString("ext/metadata"), nullptr, /*allow_exceptions=*/false);
    if (summary_.metadata.is_discarded()) Fail("ext/metadata is not JSON");
    return std::move(summary_);
  }

 private:
  [[noreturn]] void Fail(const std::string& problem) const { throw base::Error(path_.string() + ": " + problem); }

  void ReadStatic() {
    summary_.stimulus_name = file_.ReadString("static/stimulus_name");
    summary_.object_ids = file_.Read<int32_t>("static/object_ids");
    summary_.model_names = file_.ReadStrings("static/model_names");
    summary_.zone_id = file_.ReadScalar<int32_t>("static/zone_id");
    summary_.target_id = file_.ReadScalar<int32_t>("static/target_id");
    if (summary_.model_names.size() != summary_.object_ids.size())
      Fail("static/model_names and static/object_ids differ in length");
  }

  void ReadFrames() {
    const std::vector<std::string> frames = file_.Children("frames");
    summary_.num_frames = static_cast<int>(frames.size());
    if (frames.empty()) Fail("no frames");
    summary_.passes = file_.Children("frames/0000/images");
    for (int i = 0; i < summary_.num_frames; ++i) {
      const std::string& name = frames[static_cast<size_t>(i)];
      if (name != FrameName(i)) Fail("frame " + FrameName(i) + " is missing");
      ReadFrame("frames/" + name, i);
    }
  }

  void ReadFrame(const std::string& frame, int index) {
    const auto objects = static_cast<int64_t>(summary_.object_ids.size());
    CheckRows(frame + "/objects/positions", {objects, 3});
    CheckRows(frame + "/objects/rotations", {objects, 4});
    CheckRows(frame + "/objects/velocities", {objects, 3});
    if (file_.ReadScalar<uint8_t>(frame + "/labels/target_contacting_zone") != 0) {
      summary_.label = true;
      if (!summary_.first_contact_frame) summary_.first_contact_frame = index;
    }
    if (file_.Children(frame + "/images") != summary_.passes) Fail(frame + "/images has other passes than frame 0000");
    for (const std::string& pass : summary_.passes) CheckPicture(frame + "/images/" + pass, pass);
  }

  // Shape, and that the values can be read.
  void CheckRows(const std::string& dataset, const Hdf5Shape& expected) const {
    if (file_.Shape(dataset) != expected) Fail(dataset + " has another shape than the number of objects asks for");
    file_.Read<float>(dataset);
  }

  void CheckPicture(const std::string& dataset, const std::string& pass) {
    const Bytes bytes = file_.Read<uint8_t>(dataset);
    const std::string source = path_.string() + ": " + dataset;
    if (pass == "_depth") {
      const Hdf5Shape shape = file_.Shape(dataset);
      if (shape.size() != 3 || shape[2] != 3) Fail(dataset + " is not [H, W, 3]");
      return CheckSize(dataset, static_cast<int>(shape[1]), static_cast<int>(shape[0]));
    }
    constexpr uint8_t kJpegStart = 0xFF;
    if (!bytes.empty() && bytes[0] == kJpegStart) {
      const files::RgbPicture picture = files::DecodeJpeg(bytes, source);
      CheckSize(dataset, picture.width, picture.height);
    } else {
      const files::PngPicture picture = files::DecodePng(bytes, source);
      CheckSize(dataset, picture.width, picture.height);
    }
  }

  void CheckSize(const std::string& dataset, int width, int height) {
    if (summary_.width == 0) summary_.width = width, summary_.height = height;
    if (summary_.width == width && summary_.height == height) return;
    Fail(dataset + " is " + std::to_string(width) + "x" + std::to_string(height) + ", the first picture " +
         std::to_string(summary_.width) + "x" + std::to_string(summary_.height));
  }

  std::filesystem::path path_;
  files::Hdf5Reader file_;
  TrialFileSummary summary_;
};

}  // namespace

TrialFileSummary ReadTrialFile(const std::filesystem::path& path) { return TrialReader(path).Read(); }

}  // namespace figment::physion
