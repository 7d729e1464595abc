// The version of Figment, as CMakeLists.txt has it.
#pragma once

namespace figment::base {
inline constexpr char kVersion[] = FIGMENT_VERSION;
}  // namespace figment::base
