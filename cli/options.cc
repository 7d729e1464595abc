#include "cli/options.h"

#include <limits>

namespace figment::cli {

void AddFlag(CLI::App& app, const base::Field& field) {
  CLI::Option* option = app.add_option_function<std::string>(
      field.Flag(), [field](const std::string& text) { field.Set(text); }, field.HelpText());
  option->type_name("VALUE");
  if (!field.default_text.empty()) option->default_str(field.default_text);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void AddFlags(CLI::App& app, const base::FieldList& fields) {
  for (const base::Field& field : fields.fields()) AddFlag(app, field);
}

void AddSeed(CLI::App& app, uint64_t* seed, const std::string& help) {
  base::FieldList fields;
  fields.Add("seed", seed, help);
  AddFlags(app, fields);
}

CLI::Validator AtLeastOne() { return CLI::Range(1, std::numeric_limits<int>::max(), "at least 1"); }

std::vector<std::string> FlagNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

}  // namespace figment::cli
