#include "physion/props.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/names.h"
#include "physion/prop_recipes.h"

namespace figment::physion {

using base::Vec3;

namespace {

constexpr int kLevels = 3;

const std::vector<PropRecipe>& Recipes() {
  static const std::vector<PropRecipe> list = [] {
    std::vector<PropRecipe> all;
    for (const auto& kind : {recipes::FurnitureRecipes(), recipes::HouseholdRecipes(), recipes::LivingRecipes()})
      all.insert(all.end(), kind.begin(), kind.end());
    std::stable_partition(all.begin(), all.end(), [](const PropRecipe& recipe) { return recipe.clutter; });
    return all;
  }();
  return list;
}

const PropRecipe& FindRecipe(const std::string& name) {
  return base::FindNamed("prop", name, Recipes());
}

// The map p -> (p - middle) * factor that takes the built bounds to the declared ones. Recipes are drawn to size: the
// factor only closes small gaps, such as what facets cut off a circle, or the reach of the outermost leaf.
struct Fit {
  Eigen::Vector3f origin, factor;

  Fit(const envs::Mesh& mesh, const Eigen::Vector3f& size) {
    Eigen::Vector3f low = mesh.vertices.front(), high = low;
    for (const auto& vertex : mesh.vertices) low = low.cwiseMin(vertex), high = high.cwiseMax(vertex);
    origin = (low + high) / 2;
    origin.z() = low.z();
    factor = size.cwiseQuotient(high - low);
    CHECK_GT(factor.minCoeff(), 0.8f);
    CHECK_LT(factor.maxCoeff(), 1.4f);
  }
  envs::Mesh Apply(envs::Mesh mesh) const {
    for (auto& vertex : mesh.vertices) vertex = (vertex - origin).cwiseProduct(factor);
    for (auto& normal : mesh.normals) normal = normal.cwiseQuotient(factor).normalized();
    return mesh;
  }
  envs::ConvexPart Apply(envs::ConvexPart part) const {
    for (auto& vertex : part.vertices) vertex = (vertex - origin).cwiseProduct(factor);
    return part;
  }
};

}  // namespace

const std::vector<PropInfo>& Props() {
  static const std::vector<PropInfo> props = [] {
    std::vector<PropInfo> infos;
    for (const PropRecipe& recipe : Recipes())
      infos.push_back({recipe.name, recipe.category, recipe.size_yup, recipe.clutter});
    return infos;
  }();
  return props;
}

bool IsProp(const std::string& name) {
  return std::any_of(Props().begin(), Props().end(), [&](const PropInfo& prop) { return prop.name == name; });
}

envs::Shape MakeProp(const std::string& name) {
  const PropRecipe& recipe = FindRecipe(name);
  envs::Shape shape;
  shape.name = recipe.name;
  const Vec3 size(recipe.size_yup.x(), recipe.size_yup.z(), recipe.size_yup.y());
  for (int level = 0; level < kLevels; ++level) {
    PropBuilder builder(level);
    recipe.build(builder);
    const Fit fit(builder.mesh(), size.cast<float>());
    shape.lods.push_back(fit.Apply(builder.mesh()));
    if (level == 0)
      for (const envs::ConvexPart& part : builder.parts()) shape.parts.push_back(fit.Apply(part));
  }
  for (const PropSlot& slot : recipe.slots) shape.material_slots.push_back(slot.name);
  shape.kind = shape.parts.size() == 1 ? envs::ShapeKind::kConvex : envs::ShapeKind::kCompound;
  envs::FillMassProperties(shape);
  shape.low = Vec3(-size.x() / 2, -size.y() / 2, 0);  // of the surface, which the collision parts only follow
  shape.high = Vec3(size.x() / 2, size.y() / 2, size.z());
  return shape;
}

std::vector<envs::Appearance> PropAppearance(const std::string& name) {
  std::vector<envs::Appearance> appearance;
  for (const PropSlot& slot : FindRecipe(name).slots) appearance.push_back(slot.appearance);
  return appearance;
}

std::string StandInFor(const std::string& library_model, const std::string& category) {
  if (IsProp(library_model)) return library_model;
  // Models whose kind within the category we have; the names are those of the released scenes.
  static const std::map<std::string, std::string> by_model = {
      {"vase_05", "vase_round"},           {"vase_02", "vase_round"},
      {"b04_new", "vase_round"},           {"amphora_jar_vase", "vase_amphora"},
      {"adirondack_chair", "chair_garden"}, {"naughtone_pinch_stool_chair", "stool"},
      {"animal_dog_rtsit_1280", "dog_sitting"}, {"animal_dog_rtsit_1282", "dog_sitting"},
      {"shar_pei", "dog_sitting"},
  };
  static const std::map<std::string, std::string> by_category = {
      {"chair", "chair_wood"},
      {"armchair", "linbrazil_diz_armchair"},
      {"vase", "vase_tall"},
      {"coffee maker", "coffee_maker"},
      {"globe", "globe"},
      {"dog", "dog"},
      {"stool", "stool"},
      {"garden plant", "garden_plant"},
      {"houseplant", "houseplant"},
      {"flowerpot", "flowerpot"},
      {"coffee table", "coffee_table"},
      {"table", "coffee_table"},
      {"sofa", "sofa"},
      {"laptop", "laptop"},
      {"desktop computer", "desktop_computer"},
      {"bookshelf", "bookshelf"},
      {"box", "woven_box"},
      {"basket", "woven_box"},
      {"dog house", "woven_box"},
      {"floor lamp", "alma_floor_lamp"},
      {"table lamp", "desk_lamp"},
      {"sculpture", "buddah"},
      {"person", "buddah"},
      {"wineglass", "vase_tall"},
      {"jug", "vase_amphora"},
      {"rodent", "dog"},
      {"throw pillow", "sofa"},
      {"radiator", "bookshelf"},
  };
  if (const auto found = by_model.find(library_model); found != by_model.end()) return found->second;
  if (const auto found = by_category.find(category); found != by_category.end()) return found->second;
  return "vase_round";
}

}  // namespace figment::physion
