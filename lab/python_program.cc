#include "lab/python_program.h"

#include "base/check.h"
#include "base/error.h"

namespace figment::lab {

PythonProgram::PythonProgram(const std::filesystem::path& python, const std::filesystem::path& script,
                             const nlohmann::json& first, const base::Process::Environment& environment)
    : script_(script) {
  if (!std::filesystem::exists(python) || !std::filesystem::exists(script)) return;
  process_ = base::Process::Spawn(python, {script.string()}, environment);
  const std::optional<nlohmann::json> answer = Exchange(first);
  if (answer && answer->contains("version")) version_ = answer->at("version").get<std::string>();
  else process_.reset();
}

nlohmann::json PythonProgram::Ask(const nlohmann::json& request) {
  CHECK(present());
  std::optional<nlohmann::json> answer = Exchange(request);
  if (!answer) throw base::Error(script_.string() + " ended, or answered with something that is no JSON");
  return *std::move(answer);
}

std::optional<nlohmann::json> PythonProgram::Exchange(const nlohmann::json& request) {
  process_->SendLine(request.dump());
  const std::optional<std::string> line = process_->ReceiveLine();
  if (!line) return std::nullopt;
  nlohmann::json answer = nlohmann::json::parse(*line, nullptr, false);
  if (answer.is_discarded()) return std::nullopt;
  return answer;
}

}  // namespace figment::lab
