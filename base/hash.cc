#include "base/hash.h"

#include <openssl/evp.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "base/error.h"

namespace figment::base {
namespace {

constexpr int kOk = 1;  // of every EVP function

std::string HexDigits(std::span<const unsigned char> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  CHECK_EQ(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr), kOk);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::span<const std::byte> bytes) {
  CHECK_EQ(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()), kOk);
}

void Sha256::Update(std::string_view text) { Update(std::as_bytes(std::span(text))); }

std::string Sha256::Hex() const {
  // Finishing spoils a context: finish a copy.
  const std::unique_ptr<evp_md_ctx_st, Free> copy(EVP_MD_CTX_new());
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  CHECK_EQ(EVP_MD_CTX_copy_ex(copy.get(), context_.get()), kOk);
  CHECK_EQ(EVP_DigestFinal_ex(copy.get(), digest, &size), kOk);
  return HexDigits(std::span(digest, size));
}

std::string Sha256Of(std::string_view text) {
  Sha256 hash;
  hash.Update(text);
  return hash.Hex();
}

std::string Sha256OfFile(const std::filesystem::path& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (!file) throw Error("cannot read " + path.string() + ": " + std::strerror(errno));
  Sha256 hash;
  std::vector<std::byte> buffer(1 << 17);
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get()))
    hash.Update(std::span(buffer.data(), count));
  if (std::ferror(file.get())) throw Error("cannot read " + path.string() + ": " + std::strerror(errno));
  return hash.Hex();
}

}  // namespace figment::base
