// Contact sheets: rows of captioned pictures on white, to look at many pictures at once.
//
// Rows stand one below the other, each under its title if it has one; the pictures of a row stand side by side, top
// edges level, each with its caption below. A caption or title that is too wide is cut, ending in "..".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "files/rgb_picture.h"

namespace figment::files {

struct SheetPicture {
  int width = 0, height = 0;
  const uint8_t* rgb = nullptr;  // [height, width, 3]; must live until the sheet is made
  std::string caption;
};

struct SheetRow {
  std::string title;
  std::vector<SheetPicture> pictures;
};

struct SheetOptions {
  int margin_px = 8;   // around and between the pictures
  int text_scale = 2;  // pixels a font pixel
};

RgbPicture MakeContactSheet(std::span<const SheetRow> rows, const SheetOptions& options = {});

}  // namespace figment::files
