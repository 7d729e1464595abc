#include "files/contact_sheet.h"

#include <gtest/gtest.h>

#include "files/font.h"

namespace figment::files {
namespace {

std::vector<uint8_t> Filled(int width, int height, uint8_t value) {
  return std::vector<uint8_t>(static_cast<size_t>(3 * width * height), value);
}

uint8_t Red(const RgbPicture& picture, int x, int y) {
  return picture.pixels[static_cast<size_t>(3 * (y * picture.width + x))];
}

// As text, '#' for black, one line a row.
std::string Drawn(const RgbPicture& picture, int x, int y, int width, int height) {
  std::string text;
  for (int v = y; v < y + height; ++v, text += '\n')
    for (int u = x; u < x + width; ++u) text += Red(picture, u, v) == 0 ? '#' : '.';
  return text;
}

TEST(ContactSheet, PlacesPicturesCaptionsAndMargins) {
  const std::vector<uint8_t> small = Filled(40, 20, 100), tall = Filled(30, 50, 150);
  const SheetRow rows[] = {{"", {{40, 20, small.data(), "one"}, {30, 50, tall.data(), ""}}},
                           {"title", {{40, 20, small.data(), ""}}}};
  const RgbPicture sheet = MakeContactSheet(rows, {.margin_px = 10, .text_scale = 1});
  // Widths: 10 + 40 + 10 + 30 + 10. Heights: 10 + 50 + (5 + 8) + 10 + (8 + 5) + 20 + 10.
  EXPECT_EQ(sheet.width, 100);
  EXPECT_EQ(sheet.height, 126);
  EXPECT_EQ(Red(sheet, 9, 10), 255);
  EXPECT_EQ(Red(sheet, 10, 10), 100);
  EXPECT_EQ(Red(sheet, 49, 29), 100);
  EXPECT_EQ(Red(sheet, 50, 29), 255);
  EXPECT_EQ(Red(sheet, 60, 59), 150);
  EXPECT_EQ(Red(sheet, 60, 60), 255);
  EXPECT_EQ(Red(sheet, 10, 96), 100);
  EXPECT_EQ(Drawn(sheet, 10, 35, 5, 7), ".....\n.....\n.###.\n#...#\n#...#\n#...#\n.###.\n");  // the o of "one"
  EXPECT_NE(Drawn(sheet, 10, 83, 5, 7).find('#'), std::string::npos);                            // the t of "title"
}

TEST(ContactSheet, LongCaptionsAreCut) {
  const std::vector<uint8_t> picture = Filled(30, 10, 100);
  const SheetRow rows[] = {{"", {{30, 10, picture.data(), "abcdefgh"}, {30, 10, picture.data(), ""}}}};
  const RgbPicture sheet = MakeContactSheet(rows, {.margin_px = 8, .text_scale = 1});
  const int y = 8 + 10 + 4;
  EXPECT_EQ(Drawn(sheet, 8 + 3 * 6, y, 5, 7), ".....\n.....\n.....\n.....\n.....\n.##..\n.##..\n");  // "abc.."
  EXPECT_EQ(Drawn(sheet, 8 + 5 * 6, y, 5, 7).find('#'), std::string::npos);
}

TEST(ContactSheet, NoRowsGiveAnEmptySheet) { EXPECT_EQ(MakeContactSheet({}).width, 1); }

TEST(Font, TextIsCutAtThePictureAndOddCharactersShow) {
  RgbPicture picture = {10, 10, std::vector<uint8_t>(300, 255)};
  DrawText("WW", -3, 5, 2, &picture);
  DrawText("\xc3", 0, 0, 1, &picture);
  EXPECT_EQ(Drawn(picture, 0, 0, 5, 4), ".###.\n#...#\n....#\n...#.\n");
}

}  // namespace
}  // namespace figment::files
