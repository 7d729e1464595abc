#include "files/contact_sheet.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "files/font.h"

namespace figment::files {
namespace {

// Sizes of what stands in a row, without the margins.
struct RowSize {
  int width = 0;
  int picture_height = 0;
  int title_height = 0;
  int caption_height = 0;
  int height() const { return title_height + picture_height + caption_height; }
};

RowSize Measure(const SheetRow& row, const SheetOptions& options) {
  const int text_height = kCharacterHeight * options.text_scale;
  RowSize size;
  if (!row.title.empty()) size.title_height = text_height + options.margin_px / 2;
  for (const SheetPicture& picture : row.pictures) {
    CHECK(picture.width > 0 && picture.height > 0 && picture.rgb);
    size.width += picture.width + (size.width > 0 ? options.margin_px : 0);
    size.picture_height = std::max(size.picture_height, picture.height);
    if (!picture.caption.empty()) size.caption_height = options.margin_px / 2 + text_height;
  }
  return size;
}

void Paste(const SheetPicture& picture, int x, int y, RgbPicture* sheet) {
  const size_t row_size = 3 * static_cast<size_t>(picture.width);
  for (int v = 0; v < picture.height; ++v) {
    const size_t at = 3 * (static_cast<size_t>(y + v) * static_cast<size_t>(sheet->width) + static_cast<size_t>(x));
    std::memcpy(sheet->pixels.data() + at, picture.rgb + row_size * static_cast<size_t>(v), row_size);
  }
}

std::string CutToWidth(const std::string& text, int width, int scale) {
  const auto fits = static_cast<size_t>(std::max(width / (kCharacterWidth * scale), 2));
  return text.size() <= fits ? text : text.substr(0, fits - 2) + "..";
}

void DrawRow(const SheetRow& row, const RowSize& size, int y, const SheetOptions& options, RgbPicture* sheet) {
  int x = options.margin_px;
  const int scale = options.text_scale;
  DrawText(CutToWidth(row.title, sheet->width - 2 * x, scale), x, y, scale, sheet);
  y += size.title_height;
  for (const SheetPicture& picture : row.pictures) {
    Paste(picture, x, y, sheet);
    const int caption_y = y + picture.height + options.margin_px / 2;
    DrawText(CutToWidth(picture.caption, picture.width, scale), x, caption_y, scale, sheet);
    x += picture.width + options.margin_px;
  }
}

}  // namespace

RgbPicture MakeContactSheet(std::span<const SheetRow> rows, const SheetOptions& options) {
  std::vector<RowSize> sizes;
  RgbPicture sheet = {.width = 1, .height = options.margin_px};
  for (const SheetRow& row : rows) {
    sizes.push_back(Measure(row, options));
    sheet.width = std::max(sheet.width, sizes.back().width + 2 * options.margin_px);
    sheet.height += sizes.back().height() + options.margin_px;
  }
  sheet.pixels.assign(3 * static_cast<size_t>(sheet.width) * static_cast<size_t>(sheet.height), 255);
  int y = options.margin_px;
  for (size_t i = 0; i < rows.size(); ++i) {
    DrawRow(rows[i], sizes[i], y, options, &sheet);
    y += sizes[i].height() + options.margin_px;
  }
  return sheet;
}

}  // namespace figment::files
