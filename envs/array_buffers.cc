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

// Hands out memory piece by piece, or only counts.
class Allocator {
 public:
  explicit Allocator(std::byte* memory) : memory_(memory) {}
  std::byte* Take(size_t bytes) {
    std::byte* const address = memory_ == nullptr ? nullptr : memory_ + used_;
    used_ += RoundUp(bytes);
    return address;
  }
  size_t used() const { return used_; }

 private:
  std::byte* memory_;
  size_t used_ = 0;
};

constexpr Section kAllSections[] = {Section::kActions, Section::kObservations, Section::kInfos,
                                    Section::kFinalObservations, Section::kFinalInfos};

}  // namespace

size_t ArrayBuffers::BytesFor(const EnvSpec& spec, int n) {
  Allocator allocator(nullptr);
  const auto count = static_cast<size_t>(n);
  for (const Section section : kAllSections)
    for (const ArraySpec& array : SpecsOf(spec, section)) allocator.Take(array.bytes() * count);
  allocator.Take(sizeof(double) * count);
  for (int flags = 0; flags < 3; ++flags) allocator.Take(count);
  return allocator.used();
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
  Allocator allocator(memory.data());
  const auto count = static_cast<size_t>(n);
  for (const Section section : kAllSections) {
    auto& places = places_[static_cast<size_t>(section)];
    for (const ArraySpec& array : SpecsOf(spec, section))
      places.push_back({array.name, array.type, array.bytes(), allocator.Take(array.bytes() * count)});
    auto& rows = rows_[static_cast<size_t>(section)];
    for (size_t env = 0; env < count; ++env)
      for (const Place& place : places) rows.push_back(place.address + env * place.bytes_each);
  }
  rewards_ = {reinterpret_cast<double*>(allocator.Take(sizeof(double) * count)), count};
  for (auto* flags : {&terminated_, &truncated_, &has_final_})
    *flags = {reinterpret_cast<uint8_t*>(allocator.Take(count)), count};
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
