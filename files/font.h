// Small text on pictures: a fixed-width bitmap font of 5 x 7 pixels for printable ASCII; anything else shows as '?'.
#pragma once

#include <string_view>

#include "files/rgb_picture.h"

namespace figment::files {

// A character takes 6 x 8 pixels with its gaps, times the scale.
constexpr int kCharacterWidth = 6, kCharacterHeight = 8;

// Draws black text with its top left corner at (x, y); what reaches beyond the picture is cut off.
void DrawText(std::string_view text, int x, int y, int scale, RgbPicture* picture);

}  // namespace figment::files
