#include "physion/trial_file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/error.h"
#include "files/atomic.h"
#include "files/hdf5.h"
#include "files/jpeg.h"
#include "files/png.h"
#include "physion/side_files.h"
#include "physion/solid_particles.h"
#include "physion/trial_arrays.h"
#include "tests/physion/synthetic_trial.h"

namespace figment::physion {
namespace {

using base::Vec3;

EncodedFrame Encoded(const Trial& trial, int f, const EncodeOptions& options = {}) {
  EncodedFrame out;
  FrameEncoder(options).Encode(SyntheticFrame(trial, f), ObjectOfRenderId(trial), trial.camera, out);
  return out;
}

Bytes WholeFile(const Trial& trial, const TrialFileOptions& file_options = {.version = "test", .save_meshes = true}) {
  const Simulation simulation = SyntheticSimulation(trial);
  TrialFileWriter writer(trial, file_options);
  const EncodeOptions with_floats = {.float_depth = true, .float_flow = true};
  for (int f = 0; f < 2; ++f)
    writer.AddFrame(simulation.frames[static_cast<size_t>(f)], Encoded(trial, f, with_floats));
  return writer.Finish(MetadataEntry(trial, simulation.outcome, {}, "test"));
}

std::filesystem::path Save(const Bytes& bytes, const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
  files::WriteFileAtomically(path, bytes);
  return path;
}

Rgb8 Pixel(const files::PngPicture& picture, int row, int column) {
  const uint8_t* pixel = &picture.pixels[static_cast<size_t>(3 * (row * picture.width + column))];
  return {pixel[0], pixel[1], pixel[2]};
}

// --- Encoding

TEST(Encode, SegmentationColorsDifferInEveryChannel) {
  for (int channel = 0; channel < 3; ++channel) {
    std::vector<bool> used(256, false);
    used[0] = true;  // the background
    for (int i = 0; i < 255; ++i) {
      const uint8_t value = SegmentationColor(i)[static_cast<size_t>(channel)];
      EXPECT_FALSE(used[value]) << "object " << i;
      used[value] = true;
    }
  }
}

TEST(Encode, FirstSegmentationColorsAreFarApart) {
  std::vector<Rgb8> colors = {{0, 0, 0}};
  for (int i = 0; i < 32; ++i) colors.push_back(SegmentationColor(i));
  for (size_t a = 0; a < colors.size(); ++a)
    for (size_t b = 0; b < a; ++b) {
      double squares = 0;
      for (size_t c = 0; c < 3; ++c) squares += (colors[a][c] - colors[b][c]) * (colors[a][c] - colors[b][c]);
      EXPECT_GE(std::sqrt(squares), 75) << a << " " << b;
    }
}

TEST(Encode, IdShowsTheColoursOfObjectsNotOfBodies) {
  const Trial trial = SyntheticClothTrial();  // the sheet is object 1 but drawn with id 3
  const files::PngPicture id = files::DecodePng(Encoded(trial, 0).id, "id");
  EXPECT_EQ(Pixel(id, 15, 5), SegmentationColor(0));
  EXPECT_EQ(Pixel(id, 22, 44), SegmentationColor(1));
  EXPECT_EQ(Pixel(id, 0, 0), (Rgb8{0, 0, 0}));
}

TEST(Encode, DepthFollowsTheFormulaFromTheBottomUp) {
  const Trial trial = SyntheticTrial();
  const Bytes depth = Encoded(trial, 0).depth;
  const auto metres = [&](int row, int column) {  // row from the top
    const uint8_t* pixel = &depth[static_cast<size_t>(3 * ((47 - row) * 64 + column))];
    return (pixel[0] + pixel[1] / 256.0 + pixel[2] / 65536.0) * (100 - 0.1) / 256;
  };
  const double half_step = 0.5 * 99.9 / (1 << 22);
  EXPECT_NEAR(metres(22, 44), 2.5, half_step + 1e-6);
  EXPECT_NEAR(metres(15, 5), 3.15, half_step + 1e-6);
  EXPECT_NEAR(metres(0, 0), 99.9, 1e-4);  // 100 m is out of range: the largest value
}

TEST(Encode, FlowKeepsDirectionAndMagnitudeTo64ths) {
  const Trial trial = SyntheticTrial();
  const files::PngPicture flow = files::DecodePng(Encoded(trial, 1).flow, "flow");
  const auto pixels = [&](int row, int column) {
    const Rgb8 p = Pixel(flow, row, column);
    return base::Vec2((p[0] * 16 + p[2] / 16 - 2048) / 64.0, (p[1] * 16 + p[2] % 16 - 2048) / 64.0);
  };
  EXPECT_EQ(pixels(30, 44), base::Vec2(-1.5, 8));
  EXPECT_EQ(pixels(0, 0), base::Vec2(0, 0));
}

TEST(Encode, FlowBeyondTheRangeIsClamped) {
  const Trial trial = SyntheticTrial();
  render::Frame frame = SyntheticFrame(trial, 0);
  frame.flow_px[0] = 1000, frame.flow_px[1] = -1000;
  EncodedFrame out;
  FrameEncoder({}).Encode(frame, ObjectOfRenderId(trial), trial.camera, out);
  EXPECT_EQ(Pixel(files::DecodePng(out.flow, "flow"), 0, 0), (Rgb8{255, 0, 0xF0}));
}

TEST(Encode, ImageIsJpegOrExactPng) {
  const Trial trial = SyntheticTrial();
  const render::Frame frame = SyntheticFrame(trial, 0);
  EXPECT_EQ(files::DecodePng(Encoded(trial, 0, {.img_format = ImageFormat::kPng}).img, "img").pixels, frame.color);
  const files::RgbPicture jpeg = files::DecodeJpeg(Encoded(trial, 0).img, "img");
  double error = 0;
  for (size_t i = 0; i < frame.color.size(); ++i) error += std::abs(jpeg.pixels[i] - frame.color[i]);
  EXPECT_LT(error / static_cast<double>(frame.color.size()), 2);  // a smooth ramp at quality 95
}

TEST(Encode, MasksCountPixelsAndTheirPlaces) {
  const std::vector<ObjectMask> masks = Encoded(SyntheticTrial(), 1).masks;
  ASSERT_EQ(masks.size(), 2u);
  EXPECT_EQ(masks[0].pixels, 320);
  EXPECT_EQ(masks[1].pixels, 64);
  EXPECT_EQ(masks[1].row_sum, 64 * 31.5);
  EXPECT_EQ(masks[1].column_sum, 64 * 43.5);
}

TEST(Encode, PassesThatWereNotDrawnAreEmpty) {
  const Trial trial = SyntheticTrial();
  render::Frame frame = SyntheticFrame(trial, 0);
  EncodedFrame out = Encoded(trial, 0);
  frame.id.clear(), frame.depth_m.clear(), frame.normals.clear(), frame.flow_px.clear();
  FrameEncoder({}).Encode(frame, ObjectOfRenderId(trial), trial.camera, out);
  EXPECT_FALSE(out.img.empty());
  EXPECT_TRUE(out.id.empty() && out.depth.empty() && out.normals.empty() && out.flow.empty() && out.masks.empty());
}

TEST(Encode, MapPaintsZoneAndTargetOnly) {
  const Trial trial = SyntheticTrial();
  const files::PngPicture map = files::DecodePng(MapPng(SyntheticFrame(trial, 0), trial), "map");
  ASSERT_EQ(map.format, files::PngFormat::kRgba8);
  const auto pixel = [&](int row, int column) {
    const auto first = map.pixels.begin() + 4 * (row * 64 + column);
    return std::vector<uint8_t>(first, first + 4);
  };
  EXPECT_EQ(pixel(15, 5), (std::vector<uint8_t>{255, 255, 0, 255}));
  EXPECT_EQ(pixel(22, 44), (std::vector<uint8_t>{255, 0, 0, 255}));
  EXPECT_EQ(pixel(0, 0), (std::vector<uint8_t>{0, 0, 0, 0}));
}

// --- Arrays in the reference's frame

TEST(TrialArrays, PosesAreThoseOfTheSpecAtTheStart) {
  const Trial trial = SyntheticTrial();
  ObjectArrays arrays;
  FillObjectArrays(trial, envs::InitialState(trial.scene), arrays);
  EXPECT_EQ(arrays.positions, (Floats{1, 0, 0.5, 0.25, 0.5, -1}));
  // Turned by 90 degrees about y: q = (0, sin 45, 0, cos 45), and +z becomes +x (Unity: clockwise seen from above).
  const float s = std::sqrt(0.5f);
  const Floats rotation(arrays.rotations.begin() + 4, arrays.rotations.end());
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(std::abs(rotation[i]), (Floats{0, s, 0, s})[i], 1e-6);
  EXPECT_GT(rotation[1] * rotation[3], 0);
  EXPECT_NEAR(arrays.forwards[3], 1, 1e-6);
  EXPECT_NEAR(arrays.forwards[5], 0, 1e-6);
}

TEST(TrialArrays, SidesOfABoxTurnWithIt) {
  const Trial trial = SyntheticTrial();
  ObjectArrays arrays;
  FillObjectArrays(trial, envs::InitialState(trial.scene), arrays);
  // The cube of .2 x .4 x .6 stands on (.25, .5, -1) and looks along +x.
  const std::array<Vec3, 7> expected = {Vec3(0.55, 0.7, -1), Vec3(-0.05, 0.7, -1), Vec3(0.25, 0.7, -0.9),
                                        Vec3(0.25, 0.7, -1.1), Vec3(0.25, 0.9, -1), Vec3(0.25, 0.5, -1),
                                        Vec3(0.25, 0.7, -1)};
  for (size_t side = 0; side < 7; ++side)
    for (size_t axis = 0; axis < 3; ++axis)
      EXPECT_NEAR(arrays.sides[side][3 + axis], expected[side][static_cast<int>(axis)], 1e-6) << kSideNames[side];
}

TEST(TrialArrays, VelocitiesChangeHandedness) {
  const Trial trial = SyntheticTrial();
  ObjectArrays arrays;
  FillObjectArrays(trial, SyntheticSimulation(trial).frames[1].state, arrays);
  EXPECT_EQ(Floats(arrays.velocities.begin() + 3, arrays.velocities.end()), (Floats{1, 3, 2}));
  EXPECT_EQ(Floats(arrays.angular_velocities.begin() + 3, arrays.angular_velocities.end()), (Floats{-4, -6, -5}));
}

TEST(TrialArrays, ContactsOfTheRoomAreKeptApart) {
  const Trial trial = SyntheticTrial();
  const FrameRecord record = SyntheticSimulation(trial).frames[1];
  CollisionArrays arrays;
  FillCollisionArrays(trial, record, arrays);
  EXPECT_EQ(arrays.ids, (std::vector<int32_t>{2, 1}));
  EXPECT_EQ(arrays.states, std::vector<std::string>{"enter"});
  EXPECT_EQ(arrays.relative_velocities, (Floats{1, 3, 2}));
  EXPECT_EQ(arrays.contacts, (Floats{0, 1, 0, 1, 3, 2, 0, 0, 1, 4, 6, 5}));
  EXPECT_EQ(arrays.env_ids, std::vector<int32_t>{2});
  EXPECT_EQ(arrays.env_contacts, (Floats{0, 1, 0, 9, 0, 8}));

  ContactTable table;
  AddContacts(trial, record, 5, table);
  EXPECT_EQ(table.frame, (std::vector<int32_t>{5, 5, 5}));
  EXPECT_EQ(table.ids, (std::vector<int32_t>{2, -1, 2, 1, 2, 1}));
  EXPECT_EQ(table.pair, (std::vector<int32_t>{-1, 0, 0}));
  EXPECT_EQ(table.impulses, (Floats{0.5, 2, 1}));
}

TEST(TrialArrays, CameraMatricesProjectThePointLookedAtToTheMiddle) {
  const Trial trial = SyntheticTrial();
  const CameraArrays arrays = CameraMatrices(trial.camera, 1.5);
  using Matrix = Eigen::Matrix<float, 4, 4, Eigen::RowMajor>;
  const Eigen::Matrix4d view = Matrix(arrays.world_to_camera.data()).cast<double>();
  const Eigen::Matrix4d projection = Matrix(arrays.projection.data()).cast<double>();
  const Vec3 look_at = trial.spec.camera.look_at, position = trial.spec.camera.position;
  const Eigen::Vector4d in_camera = view * look_at.homogeneous();
  EXPECT_NEAR(in_camera.x(), 0, 1e-6);
  EXPECT_NEAR(in_camera.y(), 0, 1e-6);
  EXPECT_NEAR(in_camera.z(), -(look_at - position).norm(), 1e-6);

  // A point to the camera's right (left-handed: forward x ... = up x forward) and one above it.
  const Vec3 forward = (look_at - position).normalized(), right = Vec3::UnitY().cross(forward).normalized();
  EXPECT_GT((view * (look_at + right).homogeneous()).x(), 0.99);
  EXPECT_GT((view * (look_at + Vec3::UnitY()).homogeneous()).y(), 0.5);

  // The upper edge of a view of 55 degrees, 10 m away, and the far plane.
  const Eigen::Vector4d edge = projection * Eigen::Vector4d(0, 10 * std::tan(27.5 * M_PI / 180), -10, 1);
  EXPECT_NEAR(edge.y() / edge.w(), 1, 1e-6);
  const Eigen::Vector4d far_point = projection * Eigen::Vector4d(0, 0, -100, 1);
  EXPECT_NEAR(far_point.z() / far_point.w(), 1, 1e-5);
  EXPECT_NEAR(projection(0, 0) * 1.5, projection(1, 1), 1e-6);
}

TEST(TrialArrays, ParticlesCarryTheirInverseMass) {
  const Trial trial = SyntheticClothTrial();
  ParticleArrays arrays;
  FillParticleArrays(trial.scene.cloths[0], envs::InitialState(trial.scene).cloths[0], arrays);
  ASSERT_EQ(arrays.particles.size(), 4 * 6u);
  EXPECT_EQ(Floats(arrays.particles.begin(), arrays.particles.begin() + 4), (Floats{-1, 1.5, -1, 10}));  // 6 / .6 kg
  EXPECT_EQ(arrays.velocities, Floats(18, 0.0f));
}

TEST(SolidParticles, FillABoxAndTurnWithIt) {
  const Trial trial = SyntheticTrial();
  const SolidParticles box(trial.scene, 1);  // .2 x .4 x .6 m, 2 kg: 4 x 8 x 12 cells of .05 m
  ParticleArrays arrays;
  envs::BodyState state = envs::InitialState(trial.scene).bodies[1];
  state.velocity_W = {1, 0, 0}, state.angular_velocity_W = {0, 0, 2};
  box.Fill(state, arrays);
  ASSERT_EQ(arrays.particles.size(), 4u * 384);
  EXPECT_FLOAT_EQ(arrays.particles[3], 192);
  Vec3 low = Vec3::Constant(1e9), high = -low;
  for (size_t i = 0; i < arrays.particles.size(); i += 4) {
    const Vec3 point(arrays.particles[i], arrays.particles[i + 1], arrays.particles[i + 2]);
    low = low.cwiseMin(point), high = high.cwiseMax(point);
    // Spinning about the vertical axis through (.25, -1) of the reference's x, z: v = (1, 0, 0) + w x r.
    EXPECT_NEAR(arrays.velocities[i / 4 * 3], 1 - 2 * (point.z() + 1), 1e-5);
    EXPECT_NEAR(arrays.velocities[i / 4 * 3 + 2], 2 * (point.x() - 0.25), 1e-5);
  }
  // Half a cell inside the box that SidesOfABoxTurnWithIt has.
  EXPECT_TRUE(low.isApprox(Vec3(-0.025, 0.525, -1.075), 1e-5)) << low.transpose();
  EXPECT_TRUE(high.isApprox(Vec3(0.525, 0.875, -0.925), 1e-5)) << high.transpose();
}

// --- The file

TEST(TrialFile, HoldsTheStaticEntriesInTheReferencesFrame) {
  const files::Hdf5Reader file(Save(WholeFile(SyntheticTrial()), "static.hdf5"));
  EXPECT_EQ(file.ReadString("static/stimulus_name"), "synthetic_0007");
  EXPECT_EQ(file.ReadScalar<int64_t>("static/seed"), 3);
  EXPECT_EQ(file.Read<int64_t>("static/object_ids"), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(file.ReadStrings("static/model_names"), (std::vector<std::string>{"cube", "cube"}));
  EXPECT_EQ(file.Shape("static/scale"), (files::Hdf5Shape{2, 3}));
  EXPECT_EQ(file.Read<float>("static/scale_y"), (Floats{0.01f, 0.4f}));
  EXPECT_EQ(file.Read<double>("static/static_friction"), (std::vector<double>{1, 0.5}));
  EXPECT_EQ(file.Read<float>("static/push_force"), (Floats{3, 0, 1}));
  EXPECT_EQ(file.Read<float>("static/push_position"), (Floats{0.2f, 0.8f, -1}));
  EXPECT_EQ(file.ReadScalar<int32_t>("static/push_time"), 1);
  EXPECT_EQ(file.Shape("static/distractors"), (files::Hdf5Shape{0}));
}

TEST(TrialFile, WritesTheScenariosOwnEntriesWithTheirTypes) {
  const files::Hdf5Reader file(Save(WholeFile(SyntheticTrial()), "own.hdf5"));
  EXPECT_EQ(file.Type("static/num_blocks"), files::Hdf5Type::kInt64);
  EXPECT_EQ(file.Type("static/use_cap"), files::Hdf5Type::kBool);
  EXPECT_EQ(file.ReadString("static/cap_type"), "cube");
  EXPECT_EQ(file.Read<float>("static/drop_position"), (Floats{1, 2, 3}));
  EXPECT_FALSE(file.Has("static/nothing"));
}

TEST(TrialFile, HoldsEveryFrame) {
  const files::Hdf5Reader file(Save(WholeFile(SyntheticTrial()), "frames.hdf5"));
  EXPECT_EQ(file.Children("frames"), (std::vector<std::string>{"0000", "0001"}));
  EXPECT_EQ(file.Children("frames/0001/images"),
            (std::vector<std::string>{"_depth", "_flow", "_id", "_img", "_normals"}));
  EXPECT_EQ(file.Shape("frames/0001/images/_depth"), (files::Hdf5Shape{48, 64, 3}));
  EXPECT_EQ(file.Shape("frames/0000/collisions/contacts"), (files::Hdf5Shape{0, 2, 3}));
  EXPECT_EQ(file.Shape("frames/0001/collisions/contacts"), (files::Hdf5Shape{2, 2, 3}));
  EXPECT_EQ(file.ReadStrings("frames/0001/collisions/states"), std::vector<std::string>{"enter"});
  EXPECT_EQ(file.Type("frames/0001/labels/did_fall"), files::Hdf5Type::kBool);
  EXPECT_EQ(file.Read<float>("frames/0001/labels/target_delta_position"), (Floats{0, -0.1f, 0.5f}));
  EXPECT_EQ(file.Read<float>("ext/contacts/impulse"), (Floats{0.5, 2, 1}));
  EXPECT_EQ(file.Read<int32_t>("ext/visible_pixels"), (std::vector<int32_t>{320, 64, 320, 64}));
  EXPECT_EQ(file.Read<float>("ext/frames/0001/flow").size(), 2u * 64 * 48);
  EXPECT_EQ(file.Read<float>("ext/frames/0001/depth"), SyntheticFrame(SyntheticTrial(), 1).depth_m);
}

TEST(TrialFile, DepthSurvivesItsChunks) {
  const Trial trial = SyntheticTrial();
  const files::Hdf5Reader file(Save(WholeFile(trial), "depth.hdf5"));
  EXPECT_EQ(file.Read<uint8_t>("frames/0001/images/_depth"), Encoded(trial, 1).depth);
}

TEST(TrialFile, OfClothHasParticlesAndNoMotionLabels) {
  const files::Hdf5Reader file(Save(WholeFile(SyntheticClothTrial()), "cloth.hdf5"));
  EXPECT_EQ(file.Shape("frames/0001/particles/2"), (files::Hdf5Shape{6, 4}));
  EXPECT_EQ(file.Shape("frames/0001/velocities/2"), (files::Hdf5Shape{6, 3}));
  EXPECT_EQ(file.Children("frames/0001/particles"), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(file.ReadScalar<double>("frames/0001/labels/minimum_distance_target_to_zone"), 0.25);
  EXPECT_FALSE(file.Has("frames/0001/labels/target_has_moved"));
  EXPECT_FALSE(file.Has("static/probe_id"));
  EXPECT_EQ(file.Shape("static/mesh/vertices_1"), (files::Hdf5Shape{6, 3}));
}

TEST(TrialFile, IsTheSameBytesEveryTime) {
  EXPECT_EQ(WholeFile(SyntheticTrial()), WholeFile(SyntheticTrial()));
  EXPECT_EQ(WholeFile(SyntheticClothTrial()), WholeFile(SyntheticClothTrial()));
}

TEST(TrialFile, CanBeWrittenWithoutPictures) {
  const Trial trial = SyntheticTrial();
  TrialFileWriter writer(trial, {});
  for (const FrameRecord& record : SyntheticSimulation(trial).frames) writer.AddFrame(record, {});
  const TrialFileSummary summary = ReadTrialFile(Save(writer.Finish({}), "bare.hdf5"));
  EXPECT_TRUE(summary.passes.empty());
  EXPECT_EQ(summary.num_frames, 2);
}

TEST(TrialFile, SummaryRepeatsTheLabels) {
  const TrialFileSummary summary = ReadTrialFile(Save(WholeFile(SyntheticTrial()), "summary.hdf5"));
  EXPECT_EQ(summary.stimulus_name, "synthetic_0007");
  EXPECT_EQ(summary.object_ids, (std::vector<int>{1, 2}));
  EXPECT_EQ(summary.target_id, 2);
  EXPECT_EQ(summary.width, 64);
  EXPECT_EQ(summary.height, 48);
  EXPECT_TRUE(summary.label);
  EXPECT_EQ(summary.first_contact_frame, 1);
  EXPECT_EQ(summary.metadata["num_frames"], 2);
}

TEST(TrialFile, DamagedFilesAreErrorsThatNameThem) {
  const Bytes whole = WholeFile(SyntheticTrial());
  const auto reads = [](const Bytes& bytes) {
    const std::filesystem::path path = Save(bytes, "damaged.hdf5");
    try {
      ReadTrialFile(path);
      return std::string("no error");
    } catch (const base::Error& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(reads(whole), "no error");
  for (const size_t size : {size_t{0}, size_t{100}, whole.size() / 2, whole.size() - 1}) {
    const Bytes start(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_NE(reads(start).find("damaged.hdf5"), std::string::npos) << size;
  }

  // A picture that is cut off inside an otherwise sound file.
  const Trial trial = SyntheticTrial();
  TrialFileWriter writer(trial, {});
  EncodedFrame cut = Encoded(trial, 0);
  cut.id.resize(cut.id.size() / 2);
  writer.AddFrame(SyntheticSimulation(trial).frames[0], cut);
  EXPECT_NE(reads(writer.Finish({})).find("frames/0000/images/_id"), std::string::npos);
}

// --- Side files

TEST(SideFiles, MetadataHasTheReferencesKeysInItsOrder) {
  const Trial trial = SyntheticTrial();
  const nlohmann::ordered_json entry = MetadataEntry(trial, SyntheticSimulation(trial).outcome, {}, "v1");
  std::string keys;
  for (const auto& [key, value] : entry.items()) keys += key + " ";
  EXPECT_EQ(keys,
            "stimulus_name controller_name git_commit num_frames is_trial_valid does_target_move "
            "does_target_contact_zone does_target_miss_zone does_target_hit_ground first_target_move_frame "
            "first_target_contact_zone_frame first_target_hit_ground_frame final_target_displacement "
            "final_target_mask_displacement target_visible_area zone_visible_area probe_visible_area "
            "is_any_object_fully_occluded room trial_seed push_time num_distractors num_occluders num_middle_objects "
            "did_tower_fall ");
  EXPECT_TRUE(entry["target_visible_area"].is_null());  // no id pass
  EXPECT_EQ(entry["num_middle_objects"], 3);
  EXPECT_EQ(entry["did_tower_fall"], true);
}

TEST(SideFiles, AreasAndMaskDisplacementComeFromTheIdPass) {
  const Trial trial = SyntheticTrial();
  const TrialMasks masks = {64, 48, Encoded(trial, 0).masks, Encoded(trial, 1).masks};
  const nlohmann::ordered_json entry = MetadataEntry(trial, SyntheticSimulation(trial).outcome, masks, "v1");
  EXPECT_EQ(entry["target_visible_area"], 0.021);  // 64 of 3072 pixels
  EXPECT_EQ(entry["zone_visible_area"], 0.104);    // 320 of 3072
  EXPECT_EQ(entry["final_target_mask_displacement"], (nlohmann::json{0.34, 0.0}));  // 8 rows of 47/2
  EXPECT_EQ(entry["is_any_object_fully_occluded"], false);
  EXPECT_EQ(entry["final_target_displacement"].dump(), R"({"x":0.0,"y":-0.1,"z":0.5})");
}

TEST(SideFiles, SmallObjectsCountAsOccluded) {
  const Trial trial = SyntheticTrial();
  TrialMasks masks = {64, 48, Encoded(trial, 0).masks, Encoded(trial, 1).masks};
  masks.first[1].pixels = 12;  // .0039
  masks.last[1].pixels = 0;
  const nlohmann::ordered_json entry = MetadataEntry(trial, SyntheticSimulation(trial).outcome, masks, "v1");
  EXPECT_EQ(entry["is_any_object_fully_occluded"], true);
  EXPECT_TRUE(entry["final_target_mask_displacement"].is_null());
}

TEST(SideFiles, MetadataOfClothLeavesOutWhatTheReferenceDoesNotRecord) {
  const Trial trial = SyntheticClothTrial();
  const nlohmann::ordered_json entry = MetadataEntry(trial, SyntheticSimulation(trial).outcome, {}, "v1");
  for (const char* key : {"does_target_move", "does_target_miss_zone", "first_target_move_frame",
                          "final_target_displacement", "probe_visible_area"})
    EXPECT_TRUE(entry[key].is_null()) << key;
  EXPECT_EQ(entry["does_target_contact_zone"], true);
  EXPECT_EQ(entry["minimum_distance_target_to_zone"], 0.25);
}

TEST(SideFiles, StatsAreMeansOverWhatIsThere) {
  const std::vector<nlohmann::ordered_json> entries = {
      {{"name", "a_0"}, {"hit", true}, {"frame", nullptr}, {"place", {{"x", 1.0}}}, {"moved", {1, 2}}, {"no", nullptr}},
      {{"name", "a_1"}, {"hit", false}, {"frame", 7}, {"place", {{"x", 2.0}}}, {"moved", nullptr}, {"no", nullptr}},
      {{"name", "a_2"}, {"hit", false}, {"frame", 8}, {"place", {{"x", 2.0}}}, {"moved", {2, 2}}, {"no", nullptr}}};
  EXPECT_EQ(TrialStats(entries).dump(),
            R"({"name/avg_label":"a_0-a_2","hit/avg_label":0.333,"frame/avg_label":7.5,)"
            R"("place/avg_label":{"x":1.667},"moved/avg_label":[1.5,2.0],"no/avg_label":null,"num_trials":3})");
  EXPECT_EQ(TrialStats({}).dump(), R"({"num_trials":0})");
}

TEST(SideFiles, ConfigFilesCarryTheConfigsName) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "config_files";
  std::filesystem::create_directories(folder);
  const std::vector<nlohmann::ordered_json> entries = {{{"hit", true}}};
  WriteConfigFiles(folder, "c1_", entries, {.given = {"--num", "1"}, .effective = {"--num", "1", "--ramp", "0"}});
  const auto read = [&](const char* name) { return nlohmann::json::parse(files::ReadFile(folder / name)); };
  EXPECT_EQ(read("c1_metadata.json"), nlohmann::json::parse(R"([{"hit": true}])"));
  EXPECT_EQ(read("c1_trial_stats.json")["hit/avg_label"], 1.0);
  EXPECT_EQ(files::ReadFile(folder / "c1_args.txt"), "--num\n1\n--ramp\n0\n");
  EXPECT_EQ(files::ReadFile(folder / "c1_commandline_args.txt"), "--num\n1\n");
}

double SignedVolume(const ReferenceMesh& mesh) {
  const auto corner = [&](int32_t i) {
    const float* p = &mesh.vertices[3 * static_cast<size_t>(i)];
    return Vec3(p[0], p[1], p[2]);
  };
  double volume = 0;
  for (size_t i = 0; i < mesh.faces.size(); i += 3)
    volume += corner(mesh.faces[i]).dot(corner(mesh.faces[i + 1]).cross(corner(mesh.faces[i + 2]))) / 6;
  return volume;
}

TEST(SideFiles, MeshesOfPrimitivesAreClosedAndNotInsideOut) {
  for (const std::string& name : envs::PrimitiveNames()) {
    Trial trial = SyntheticTrial();
    trial.scene.shapes[0] = envs::MakePrimitive(name);
    const double volume = trial.scene.shapes[0].volume_m3;
    // Facets cut the corners of round shapes and convex parts round those of holes.
    EXPECT_NEAR(SignedVolume(MeshOfObject(trial, 1)), volume, 0.05 * volume) << name;
  }
}

TEST(SideFiles, ObjTextCountsFromOne) {
  const ReferenceMesh triangle = {{0, 0, 0, 1, 0, 0, 0, 0.5, 0}, {0, 1, 2}};
  EXPECT_EQ(ObjText(triangle), "v 0 0 0\nv 1 0 0\nv 0 0.5 0\nf 1 2 3\n");
}

}  // namespace
}  // namespace figment::physion
