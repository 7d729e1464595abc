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

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/table.h"

namespace figment::files {

std::string EscapeHtml(std::string_view text);
std::string Base64(std::span<const uint8_t> bytes);
// "data:image/jpeg;base64,..."
std::string DataUri(std::string_view media_type, std::span<const uint8_t> bytes);

// --- Plots, as <svg> elements that take their colours from the page

// The first series stands out; the second is what it is compared with.
enum class Series { kFirst, kSecond };

// The 10th, 25th, 50th, 75th and 90th percentiles: a line, a box in it and the median.
struct QuantileStrip {
  std::string label;
  std::array<double, 5> values{};
  Series series = Series::kFirst;
};

struct PlotMark {                  // a vertical line
  double value = 0;
  std::string label;
};

struct Histogram {
  double low = 0, bin_width = 1;   // of the first bin
  std::vector<int> counts;
  std::string x_label;
  std::vector<QuantileStrip> strips;  // above the bars, on the same axis
  std::vector<PlotMark> marks;
};
std::string HistogramSvg(const Histogram& histogram);

// Counts of the values in bins of a round width, at most `max_bins` of them, from 0 to `high` or the largest value.
Histogram MakeHistogram(std::span<const double> values, double high, int max_bins);

// Horizontal bars over [low, high], one a row, each with a tick for what it is compared with and a whisker.
struct Bar {
  std::string label;
  std::optional<double> value, reference;
  std::optional<std::pair<double, double>> interval;
};
struct BarChart {
  double low = 0, high = 1;
  std::string value_name, reference_name;  // for the legend; empty = none
  std::vector<Bar> bars;
};
std::string BarChartSvg(const BarChart& chart);

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

}  // namespace figment::files
