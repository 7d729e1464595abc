#include "lab/problems.h"

namespace figment::lab {

nlohmann::ordered_json ProblemOf(const base::Error& error, const std::string& fix) {
  const std::string text = error.what(), marker = ". To mend: ";
  const size_t end = text.find(marker);
  if (end == std::string::npos) return {{"what", text}, {"fix", fix}};
  return {{"what", text.substr(0, end)}, {"fix", text.substr(end + marker.size())}};
}

std::string ProblemsToText(const nlohmann::ordered_json& problems) {
  std::string text;
  for (const auto& problem : problems)
    text += "\nproblem: " + problem["what"].get<std::string>() + "\n  to mend: " + problem["fix"].get<std::string>() + "\n";
  return text;
}

}  // namespace figment::lab
