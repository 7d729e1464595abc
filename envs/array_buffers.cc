#include "envs/array_buffers.h"

#include <cstring>

namespace figment::envs {
namespace {

constexpr size_t kLine = 64;  // arrays begin at cache lines

size_t RoundUp(size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

const std::vector<ArraySpec>& SpecsOf(const EnvSpec& spec, Section section) {
  switch (section) {
    case Section::kActions: return spec.actions;
    case Section::kObservations:
    case Section::kFinalObservations: return spec.observations;
    case Section::kInfos:
    case Section::kFinalInfos: return spec.infos;
  }
  CHECK(false);
}

// Hands out memory piece by piece.
class Allocator {
 public:
  explicit Allocator(std::span<std::byte> memory) : memory_(memory) {}
  template <class T>
  std::span<T> Take(size_t count) {
    const size_t begin = used_;
    used_ += RoundUp(count * sizeof(T));
    CHECK_LE(used_, memory_.size());
    return {reinterpret_cast<T*>(memory_.data() + begin), count};
  }

 private:
  std::span<std::byte> memory_;
  size_t used_ = 0;
};

constexpr Section kAllSections[] = {Section::kActions, Section::kObservations, Section::kInfos,
                                    Section::kFinalObservations, Section::kFinalInfos};

}  // namespace

size_t ArrayBuffers::BytesFor(const EnvSpec& spec, int n) {
  const auto count = static_cast<size_t>(n);
  size_t bytes = 0;
  for (const Section section : kAllSections)
    for (const ArraySpec& array : SpecsOf(spec, section)) bytes += RoundUp(array.bytes() * count);
  for (const size_t each : {sizeof(double), sizeof(double), sizeof(int64_t), sizeof(int64_t)})
    bytes += RoundUp(each * count);
  for (const size_t each : {size_t{1}, size_t{1}, size_t{1}, sizeof(StepStatus), kReasonBytes})
    bytes += RoundUp(each * count);
  return bytes;
}

ArrayBuffers::ArrayBuffers(const EnvSpec& spec, int n)
    : ArrayBuffers(spec, n, [&] {
        const size_t bytes = BytesFor(spec, n);
        auto* const memory = static_cast<std::byte*>(std::aligned_alloc(kLine, std::max(bytes, kLine)));
        CHECK(memory != nullptr);
        std::memset(memory, 0, bytes);
        return std::span(memory, bytes);
      }()) {
  owned_.reset(memory_.data());
}

ArrayBuffers::ArrayBuffers(const EnvSpec& spec, int n, std::span<std::byte> memory) : n_(n), memory_(memory) {
  CHECK_GE(memory.size(), BytesFor(spec, n));
  CHECK_EQ(reinterpret_cast<uintptr_t>(memory.data()) % kLine, 0u);
  Allocator allocator(memory);
  const auto count = static_cast<size_t>(n);
  for (const Section section : kAllSections) {
    auto& places = places_[static_cast<size_t>(section)];
    for (const ArraySpec& array : SpecsOf(spec, section))
      places.push_back({array.name, array.type, array.bytes(), allocator.Take<std::byte>(array.bytes() * count).data()});
    auto& rows = rows_[static_cast<size_t>(section)];
    for (size_t env = 0; env < count; ++env)
      for (const Place& place : places) rows.push_back(place.address + env * place.bytes_each);
  }
  for (auto* values : {&rewards_, &episode_returns_}) *values = allocator.Take<double>(count);
  for (auto* values : {&episode_lengths_, &episodes_}) *values = allocator.Take<int64_t>(count);
  for (auto* flags : {&terminated_, &truncated_, &has_final_}) *flags = allocator.Take<uint8_t>(count);
  statuses_ = allocator.Take<StepStatus>(count);
  reasons_ = allocator.Take<char>(count * kReasonBytes);
}

const ArrayBuffers::Place& ArrayBuffers::Find(Section section, std::string_view name) const {
  for (const Place& place : places_[static_cast<size_t>(section)])
    if (place.name == name) return place;
  base::CheckFailed(__FILE__, __LINE__, "no array '" + std::string(name) + "' in this section of the spec");
}

void ArrayBuffers::CopyToFinal(int env) const {
  using FromTo = std::pair<Section, Section>;
  for (const auto& [from, to] : {FromTo(Section::kObservations, Section::kFinalObservations),
                                 FromTo(Section::kInfos, Section::kFinalInfos)}) {
    const Arrays source = RowsOf(from, env), target = RowsOf(to, env);
    const auto& places = places_[static_cast<size_t>(from)];
    for (size_t i = 0; i < places.size(); ++i) std::memcpy(target[i], source[i], places[i].bytes_each);
  }
}

}  // namespace figment::envs
