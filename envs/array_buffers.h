// The memory of n environments' arrays, in one piece: [n, ...] for every array of the spec, so that a learner reads a
// whole batch and an environment writes its own row.
#pragma once

#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/check.h"
#include "envs/env.h"

namespace figment::envs {

enum class Section { kActions, kObservations, kInfos, kFinalObservations, kFinalInfos };

template <class T>
constexpr DType kDTypeOf = [] {
  if constexpr (std::is_same_v<T, uint8_t>) return DType::kUint8;
  else if constexpr (std::is_same_v<T, int32_t>) return DType::kInt32;
  else if constexpr (std::is_same_v<T, int64_t>) return DType::kInt64;
  else if constexpr (std::is_same_v<T, float>) return DType::kFloat;
  else if constexpr (std::is_same_v<T, double>) return DType::kDouble;
}();

class ArrayBuffers {
 public:
  // How many bytes n environments need; a multiple of 64.
  static size_t BytesFor(const EnvSpec& spec, int n);

  // In memory of its own, zeroed; or in the caller's (BytesFor bytes, aligned to 64), for instance shared with another
  // process. The caller's memory is not changed here; zeroed bytes are valid contents.
  ArrayBuffers(const EnvSpec& spec, int n);
  ArrayBuffers(const EnvSpec& spec, int n, std::span<std::byte> memory);

  int size() const { return n_; }
  std::span<std::byte> memory() const { return memory_; }

  // [n, shape...] of one array. An unknown name or another type is a bug of the caller.
  template <class T>
  std::span<T> Array(Section section, std::string_view name) const {
    const Place& place = Find(section, name);
    CHECK(place.type == kDTypeOf<T>);
    return {reinterpret_cast<T*>(place.address), place.bytes_each / sizeof(T) * static_cast<size_t>(n_)};
  }

  // The same as bytes, whatever the type.
  std::span<std::byte> Bytes(Section section, std::string_view name) const {
    const Place& place = Find(section, name);
    return {place.address, place.bytes_each * static_cast<size_t>(n_)};
  }

  // One entry an environment.
  std::span<double> rewards() const { return rewards_; }
  std::span<uint8_t> terminated() const { return terminated_; }
  std::span<uint8_t> truncated() const { return truncated_; }
  std::span<uint8_t> has_final() const { return has_final_; }  // the final sections hold this environment's last step
  std::span<StepStatus> statuses() const { return statuses_; }
  static constexpr size_t kReasonBytes = 96;
  std::span<char> reasons() const { return reasons_; }  // [n, kReasonBytes]: why one failed, ends with 0; else empty

  const char* ReasonOf(int env) const { return &reasons_[static_cast<size_t>(env) * kReasonBytes]; }

  // Of the episode so far, and of the whole one where it has just ended.
  std::span<double> episode_returns() const { return episode_returns_; }
  std::span<int64_t> episode_lengths() const { return episode_lengths_; }  // steps
  std::span<int64_t> episodes() const { return episodes_; }                // begun so far

  // Rows of one environment.
  ConstArrays ActionsOf(int env) const { return RowsOf(Section::kActions, env); }
  EnvOutput OutputOf(int env) const {
    return {RowsOf(Section::kObservations, env), RowsOf(Section::kInfos, env)};
  }
  void CopyToFinal(int env) const;  // its observations and infos

 private:
  struct Place {
    std::string name;
    DType type;
    size_t bytes_each;
    std::byte* address = nullptr;
  };
  static constexpr size_t kSections = 5;

  const Place& Find(Section section, std::string_view name) const;
  Arrays RowsOf(Section section, int env) const {
    const auto& rows = rows_[static_cast<size_t>(section)];
    const size_t arrays = places_[static_cast<size_t>(section)].size();
    return {rows.data() + static_cast<size_t>(env) * arrays, arrays};
  }

  int n_;
  std::unique_ptr<std::byte, void (*)(void*)> owned_{nullptr, std::free};
  std::span<std::byte> memory_;
  std::vector<Place> places_[kSections];
  std::vector<std::byte*> rows_[kSections];  // [n, arrays]
  std::span<double> rewards_, episode_returns_;
  std::span<int64_t> episode_lengths_, episodes_;
  std::span<uint8_t> terminated_, truncated_, has_final_;
  std::span<StepStatus> statuses_;
  std::span<char> reasons_;
};

}  // namespace figment::envs
