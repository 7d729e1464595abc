// Plots for report pages, as <svg> elements that take their colours and type from the page (files/html.h). Every text
// given is escaped; the same values give the same bytes.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace figment::files {

// `text` as it must stand in an HTML or SVG element or attribute.
std::string EscapeHtml(std::string_view text);

// The first series stands out; the second is what it is compared with.
enum class Series { kFirst, kSecond, kThird, kFourth, kFifth, kSixth };
const char* SeriesClass(Series series);  // of the page's style sheet

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

// Points on two axes, with whiskers for intervals of y and a legend of the series. Points that are not finite are left
// out.
struct ScatterPoint {
  double x = 0, y = 0;
  std::optional<std::pair<double, double>> y_interval;
  std::string tip;                 // shown under the pointer
  Series series = Series::kFirst;
};
struct Scatter {
  std::string x_label, y_label;
  std::vector<ScatterPoint> points;
  std::vector<std::pair<Series, std::string>> legend;
};
std::string ScatterSvg(const Scatter& scatter);

// Lines over a common axis; a line is broken where a value is not finite.
struct Curve {
  std::string label;               // for the legend; empty = belongs to the curve before
  std::vector<double> x, y;
  Series series = Series::kFirst;
};
struct Curves {
  std::string x_label, y_label;
  std::vector<Curve> curves;
};
std::string CurvesSvg(const Curves& curves);

}  // namespace figment::files
