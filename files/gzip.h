// Decompression of gzip data in memory (RFC 1952, one member).
#pragma once

#include <string>
#include <string_view>

namespace figment::files {

// Throws base::Error naming `source` if the data is damaged or cut off.
std::string Gunzip(std::string_view bytes, const std::string& source);

}  // namespace figment::files
