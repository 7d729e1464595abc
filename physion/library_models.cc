#include "physion/library_models.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "base/check.h"
#include "envs/shapes.h"
#include "files/csv.h"
#include "physion/props.h"

namespace figment::physion {

extern const std::string_view kReleasedModelsCsv;  // physion/data/released_models.csv

namespace {

constexpr double kLargestClutter_m = 1.5;

const std::map<std::string, LibraryModel>& LibraryModels() {
  static const std::map<std::string, LibraryModel> models = [] {
    const files::CsvTable table(kReleasedModelsCsv, "released_models.csv");
    std::map<std::string, LibraryModel> read;
    for (size_t row = 0; row < table.rows(); ++row) {
      LibraryModel model{table.Text(row, "model"), table.Text(row, "category"), std::nullopt};
      if (const auto width = table.Number(row, "size_x"))
        model.size_yup = base::Vec3(*width, *table.Number(row, "size_y"), *table.Number(row, "size_z"));
      read.emplace(model.name, model);
    }
    return read;
  }();
  return models;
}

base::Vec3 SizeOfProp(const std::string& name) {
  for (const PropInfo& prop : Props())
    if (prop.name == name) return prop.size_yup;
  CHECK(!"StandInFor names a prop");
  return base::Vec3::Ones();
}

}  // namespace

const LibraryModel* FindLibraryModel(const std::string& name) {
  const auto found = LibraryModels().find(name);
  return found == LibraryModels().end() ? nullptr : &found->second;
}

bool IsOurModel(const std::string& name) {
  const auto& primitives = envs::PrimitiveNames();
  return name == "cloth_square" || IsProp(name) ||
         std::find(primitives.begin(), primitives.end(), name) != primitives.end();
}

void PutStandIn(ObjectSpec& object, double library_scale) {
  if (IsOurModel(object.model)) return;
  const LibraryModel* original = FindLibraryModel(object.model);
  object.library_model = object.model;
  object.model = StandInFor(object.model, object.category);
  object.scale /= library_scale;
  const base::Vec3 size = SizeOfProp(object.model);
  if (original && original->size_yup) {
    object.scale = object.scale.cwiseProduct(original->size_yup->cwiseQuotient(size));
    return;
  }
  const double longest = size.cwiseProduct(object.scale).maxCoeff();
  object.scale *= std::min(longest, kLargestClutter_m) / longest;
}

void PutOriginal(ObjectSpec& object, const Models& models) {
  if (object.library_model.empty()) return;
  const Model* original = FindModel(models, object.library_model);
  if (!original) return;
  object.scale = object.scale.cwiseProduct(SizeOfProp(object.model).cwiseQuotient(original->size_yup()));
  object.model = original->name;
  object.kinematic |= !original->has_parts;
}

}  // namespace figment::physion
