#include "envs/env.h"

#include <cmath>
#include <cstring>

#include "base/check.h"
#include "base/error.h"
#include "base/names.h"
#include "base/random.h"

namespace figment::envs {
namespace {

struct SavedHeader {
  uint64_t spec_key;
  uint64_t running;
};

// Calls f with a typed pointer to the values.
template <class F>
auto WithType(DType type, const std::byte* values, F f) {
  switch (type) {
    case DType::kUint8: return f(reinterpret_cast<const uint8_t*>(values));
    case DType::kInt32: return f(reinterpret_cast<const int32_t*>(values));
    case DType::kInt64: return f(reinterpret_cast<const int64_t*>(values));
    case DType::kFloat: return f(reinterpret_cast<const float*>(values));
    case DType::kDouble: break;
  }
  return f(reinterpret_cast<const double*>(values));
}

// Position of the first value out of bounds, or the number of values. Not a number is out of bounds.
int64_t FirstOutOfBounds(const ArraySpec& spec, const std::byte* values, int64_t count) {
  return WithType(spec.type, values, [&](const auto* typed) {
    int64_t i = 0;
    for (; i < count; ++i) {
      const auto value = static_cast<double>(typed[i]);
      if (!(value >= spec.low && value <= spec.high) || !std::isfinite(value)) break;
    }
    return i;
  });
}

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", value);
  return text;
}

std::string Bounds(const ArraySpec& spec) {
  std::string text = Number(spec.low) + " to " + Number(spec.high);
  return spec.unit.empty() ? text : text + " " + spec.unit;
}

}  // namespace

size_t SizeOf(DType type) {
  switch (type) {
    case DType::kUint8: return 1;
    case DType::kInt32: return 4;
    case DType::kInt64: return 8;
    case DType::kFloat: return 4;
    case DType::kDouble: return 8;
  }
  return 0;
}

const char* NameOf(DType type) {
  switch (type) {
    case DType::kUint8: return "uint8";
    case DType::kInt32: return "int32";
    case DType::kInt64: return "int64";
    case DType::kFloat: return "float32";
    case DType::kDouble: return "float64";
  }
  return "";
}

int64_t ArraySpec::count() const {
  int64_t product = 1;
  for (const int64_t size : shape) product *= size;
  return product;
}

std::string Describe(const ArraySpec& spec) {
  std::string text = spec.name + " " + NameOf(spec.type) + " [";
  for (size_t i = 0; i < spec.shape.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(spec.shape[i]);
  return text + "], " + Bounds(spec);
}

uint64_t KeyOf(const EnvSpec& spec) {
  std::string text = spec.name + " " + Number(spec.step_s);
  for (const auto* list : {&spec.actions, &spec.observations, &spec.infos})
    for (const ArraySpec& array : *list) text += "; " + Describe(array);
  return base::KeyOf(text);
}

std::string DescribeBadAction(const EnvSpec& env, ConstArrays actions) {
  for (size_t i = 0; i < env.actions.size(); ++i) {
    const ArraySpec& spec = env.actions[i];
    const int64_t bad = FirstOutOfBounds(spec, actions[i], spec.count());
    if (bad == spec.count()) continue;
    const auto number = [&](const auto* typed) { return static_cast<double>(typed[bad]); };
    const double value = WithType(spec.type, actions[i], number);
    const std::string place = spec.shape.empty() ? "" : "[" + std::to_string(bad) + "]";
    return "action '" + spec.name + "'" + place + " is " + Number(value) + ": expected " + Bounds(spec);
  }
  return "";
}

Env::Env(EnvSpec spec) : spec_(std::move(spec)), spec_key_(KeyOf(spec_)) { CHECK_GT(spec_.step_s, 0); }

void Env::Reset(uint64_t seed, const ResetOptions& options, const EnvOutput& out) {
  CHECK_EQ(out.observations.size(), spec_.observations.size());
  CHECK_EQ(out.infos.size(), spec_.infos.size());
  for (const auto& [name, value] : options) {
    base::RequireName("reset option of " + spec_.name, name, spec_.reset_options);
    if (!std::isfinite(value)) throw base::UsageError("reset option '" + name + "' is not a finite number");
  }
  running_ = false;  // should DoReset throw
  DoReset(seed, options, out);
  running_ = true;
}

bool Env::ActionsAreValid(ConstArrays actions) const {
  for (size_t i = 0; i < spec_.actions.size(); ++i) {
    const int64_t count = spec_.actions[i].count();
    if (FirstOutOfBounds(spec_.actions[i], actions[i], count) < count) return false;
  }
  return true;
}

StepResult Env::Step(ConstArrays actions, const EnvOutput& out) {
  CHECK(running_);
  CHECK_EQ(actions.size(), spec_.actions.size());
  if (!ActionsAreValid(actions)) return {.status = StepStatus::kBadAction};
  const StepResult result = DoStep(actions, out);
  running_ = !result.ended();
  return result;
}

std::vector<std::byte> Env::Save() const {
  std::vector<std::byte> bytes;
  AppendBytes(SavedHeader{spec_key_, running_}, &bytes);
  DoSave(&bytes);
  return bytes;
}

void Env::Restore(std::span<const std::byte> saved) {
  SavedHeader header{};
  if (saved.size() < sizeof(header)) throw base::Error("saved state of " + spec_.name + " is truncated");
  RestoreBytes(saved.first(sizeof(header)), &header);
  if (header.spec_key != spec_key_)
    throw base::Error("the saved state belongs to another environment, or to " + spec_.name + " with another config");
  DoRestore(saved.subspan(sizeof(header)));
  running_ = header.running != 0;
}

void AppendSpan(std::span<const std::byte> values, std::vector<std::byte>* bytes) {
  const size_t before = bytes->size();
  bytes->resize(before + values.size());
  if (!values.empty()) std::memcpy(bytes->data() + before, values.data(), values.size());
}

void CopyBytes(std::span<const std::byte> bytes, std::span<std::byte> to) {
  if (bytes.size() != to.size())
    throw base::Error("a saved state has " + std::to_string(bytes.size()) + " bytes: expected " +
                      std::to_string(to.size()));
  std::memcpy(to.data(), bytes.data(), bytes.size());
}

}  // namespace figment::envs
