// SHA-256 (FIPS 180-4) of bytes as they come.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace figment::base {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::span<const std::byte> bytes);
  void Update(std::string_view text);
  // The bytes of an array of numbers, as they lie in memory.
  template <class T>
  void UpdateArray(std::span<const T> values) {
    Update(std::as_bytes(values));
  }

  // 64 lower-case hexadecimal digits of everything so far; Update may go on after it.
  std::string Hex() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string Sha256Of(std::string_view text);

// Throws Error if the file cannot be read.
std::string Sha256OfFile(const std::filesystem::path& path);

}  // namespace figment::base
