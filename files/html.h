// Report pages: one HTML file that holds its pictures and its style and asks the network for nothing.
//
//   HtmlPage page("Speeds");
//   page.Section("Results");
//   page.Paragraph("Frames per second by size.");
//   page.Table(table);
//   page.Figures({{HistogramSvg(histogram), "64 x 64"}});
//   files::WriteFileAtomically("report.html", page.Finish());
//
// Every text given is escaped. The page has no script; it reads in light and dark mode and on a phone, and the same
// calls give the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/table.h"
#include "files/plots.h"

namespace figment::files {

std::string Base64(std::span<const uint8_t> bytes);
// "data:image/jpeg;base64,..."
std::string DataUri(std::string_view media_type, std::span<const uint8_t> bytes);

// --- Film strips: pictures side by side in one JPEG file, played without end by the style sheet

struct FilmStrip {
  std::vector<uint8_t> jpeg;       // [height, frames * width]
  int frames = 1, width = 0, height = 0;  // of one picture
  double seconds = 1;              // for one round
  std::optional<double> mark;      // 0..1: a tick on the time line below
  std::string tag, title, text;    // the caption
  Series series = Series::kFirst;  // of the tag
};

struct HtmlFigure {
  std::string svg, caption;
};

class HtmlPage {
 public:
  // `generator` goes into a <meta> element, by which a program knows its own pages.
  HtmlPage(std::string title, std::string generator);

  void Section(const std::string& heading);     // also in the page's table of contents
  void Subheading(const std::string& heading);
  void Paragraph(const std::string& text);
  void Note(const std::string& text);           // small
  void Warning(const std::string& text);        // in a frame
  void Facts(const std::vector<std::pair<std::string, std::string>>& facts);  // name and value
  // A row whose first cell is empty belongs to the row above it.
  void Table(const base::Table& table);
  void Figures(const std::vector<HtmlFigure>& figures);                       // a grid
  void FilmStrips(const std::vector<FilmStrip>& strips);                      // a grid
  void FilmSwitch();                            // a box to tick that stops all film strips
  // What comes between is shown when its summary is clicked.
  void OpenDetails(const std::string& summary);
  void CloseDetails();

  std::string Finish() const;
  size_t size_bytes() const { return body_.size(); }

 private:
  std::string title_, generator_;
  std::vector<std::string> sections_;
  std::string body_;
};

// Whether `html` is a page of this generator.
bool IsPageOf(std::string_view html, std::string_view generator);

// Throws base::Error if `out` cannot become a page of this generator: it is a folder or a file of another kind, or its
// folder does not exist. To be called before the work that the page reports; WritePage calls it again.
void CheckPageTarget(const std::filesystem::path& out, std::string_view generator);
// Writes a page, which may replace an older one of the same generator.
void WritePage(const std::filesystem::path& out, std::string_view html, std::string_view generator);

}  // namespace figment::files
