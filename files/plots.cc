#include "files/plots.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/check.h"

namespace figment::files {
namespace {

std::string Format(const char* format, double value) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

// A coordinate: one decimal, which is a tenth of a pixel.
std::string Px(double value) { return Format("%.1f", value); }

// The fewest digits, for the numbers of axes.
std::string Short(double value) { return Format("%g", value); }


// --- SVG elements

std::string Line(double x1, double y1, double x2, double y2, const std::string& kind) {
  return "<line class=\"" + kind + "\" x1=\"" + Px(x1) + "\" y1=\"" + Px(y1) + "\" x2=\"" + Px(x2) +
         "\" y2=\"" + Px(y2) + "\"/>";
}

std::string Box(double x, double y, double width, double height, const std::string& kind, const std::string& tip = "") {
  return "<rect class=\"" + kind + "\" x=\"" + Px(x) + "\" y=\"" + Px(y) + "\" width=\"" + Px(width) + "\" height=\"" +
         Px(height) + "\">" + (tip.empty() ? "" : "<title>" + EscapeHtml(tip) + "</title>") + "</rect>";
}

std::string Text(double x, double y, const std::string& anchor, const std::string& text, const std::string& kind = "") {
  return "<text x=\"" + Px(x) + "\" y=\"" + Px(y) + "\" text-anchor=\"" + anchor + "\"" +
         (kind.empty() ? "" : " class=\"" + kind + "\"") + ">" + EscapeHtml(text) + "</text>";
}

std::string Svg(double width, double height, const std::string& content) {
  return "<svg viewBox=\"0 0 " + Px(width) + " " + Px(height) + "\" role=\"img\">" + content + "</svg>";
}

// The smallest of 1, 2, 5, 10, 20, ... times a power of ten that is at least `width`.
double RoundUp(double width) {
  const double power = std::pow(10, std::floor(std::log10(width)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * power >= width * (1 - 1e-9)) return step * power;
  return 10 * power;
}

// A linear axis from values to pixels.
struct Axis {
  double low, high, first_px, last_px;
  double At(double value) const {
    const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return first_px + share * (last_px - first_px);
  }
  std::vector<double> Ticks(int at_most) const {
    const double step = RoundUp((high - low) / at_most);
    std::vector<double> ticks;
    for (double tick = std::ceil(low / step - 1e-9) * step; tick <= high + 1e-9 * step; tick += step)
      ticks.push_back(std::abs(tick) < 1e-9 * step ? 0 : tick);
    return ticks;
  }
};

std::string StripSvg(const QuantileStrip& strip, const Axis& axis, double y) {
  const std::string kind = SeriesClass(strip.series);
  constexpr double kHalf = 4;
  std::string tip = strip.label + ": 10, 25, 50, 75, 90 %:";
  for (const double value : strip.values) tip += " " + Short(std::round(value));
  const double x25 = axis.At(strip.values[1]), x50 = axis.At(strip.values[2]), x75 = axis.At(strip.values[3]);
  return Line(axis.At(strip.values[0]), y, axis.At(strip.values[4]), y, "line " + kind) +
         Box(x25, y - kHalf, std::max(1.0, x75 - x25), 2 * kHalf, kind, tip) +
         Line(x50, y - kHalf - 1, x50, y + kHalf + 1, "middle") + Text(axis.first_px - 6, y + 4, "end", strip.label);
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

const char* SeriesClass(Series series) {
  constexpr const char* kNames[] = {"first", "second", "third", "fourth", "fifth", "sixth"};
  return kNames[static_cast<int>(series)];
}

Histogram MakeHistogram(std::span<const double> values, double high, int max_bins) {
  CHECK_GT(max_bins, 0);
  Histogram histogram;
  for (const double value : values) high = std::max(high, value);
  if (!(high > 0)) high = 1;
  histogram.bin_width = RoundUp(high / max_bins);
  histogram.counts.assign(static_cast<size_t>(std::floor(high / histogram.bin_width)) + 1, 0);
  for (const double value : values) ++histogram.counts[static_cast<size_t>(std::max(0.0, value) / histogram.bin_width)];
  return histogram;
}

std::string HistogramSvg(const Histogram& histogram) {
  constexpr double kWidth = 360, kLeft = 62, kRight = 344, kPlot = 110, kStripHeight = 17, kMarkHeight = 14;
  CHECK(!histogram.counts.empty());
  const double high = histogram.low + histogram.bin_width * static_cast<double>(histogram.counts.size());
  const Axis x{histogram.low, high, kLeft, kRight};
  const double strips_top = histogram.marks.empty() ? 4 : kMarkHeight;
  const double top = strips_top + kStripHeight * static_cast<double>(histogram.strips.size()) + 8, bottom = top + kPlot;
  const int largest = std::max(1, *std::max_element(histogram.counts.begin(), histogram.counts.end()));
  const Axis y{0, static_cast<double>(largest), bottom, top};

  std::string svg;
  for (const double tick : y.Ticks(3)) {
    if (tick != std::floor(tick)) continue;
    svg += Line(kLeft, y.At(tick), kRight, y.At(tick), "axis") + Text(kLeft - 6, y.At(tick) + 4, "end", Short(tick));
  }
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    const double from = histogram.low + histogram.bin_width * static_cast<double>(i), to = from + histogram.bin_width;
    if (histogram.counts[i] == 0) continue;
    const double bar_top = y.At(histogram.counts[i]);
    svg += Box(x.At(from) + 0.5, bar_top, x.At(to) - x.At(from) - 1, bottom - bar_top, "first",
               Short(from) + " to " + Short(to) + ": " + std::to_string(histogram.counts[i]));
  }
  for (const PlotMark& mark : histogram.marks)
    if (mark.value > histogram.low && mark.value < high)
      svg += Line(x.At(mark.value), strips_top - 2, x.At(mark.value), bottom, "mark") +
             Text(x.At(mark.value), 9, "middle", mark.label);
  for (size_t i = 0; i < histogram.strips.size(); ++i)
    svg += StripSvg(histogram.strips[i], x, strips_top + kStripHeight * (static_cast<double>(i) + 0.5));
  for (const double tick : x.Ticks(6)) svg += Text(x.At(tick), bottom + 14, "middle", Short(tick));
  svg += Text((kLeft + kRight) / 2, bottom + 29, "middle", histogram.x_label);
  return Svg(kWidth, bottom + 34, svg);
}

std::string BarChartSvg(const BarChart& chart) {
  constexpr double kWidth = 360, kLeft = 78, kRight = 318, kRow = 20, kBar = 12;
  const bool has_legend = !chart.value_name.empty();
  const double top = has_legend ? 20 : 4, bottom = top + kRow * static_cast<double>(chart.bars.size());
  const Axis x{chart.low, chart.high, kLeft, kRight};
  std::string svg;
  if (has_legend) {
    svg += Box(kLeft, 3, 10, 10, "first") + Text(kLeft + 15, 12, "start", chart.value_name);
    if (!chart.reference_name.empty())
      svg += Box(kLeft + 150, 1, 3, 14, "second") + Text(kLeft + 158, 12, "start", chart.reference_name);
  }
  for (const double tick : x.Ticks(5))
    svg += Line(x.At(tick), top, x.At(tick), bottom, "axis") + Text(x.At(tick), bottom + 14, "middle", Short(tick));
  for (size_t i = 0; i < chart.bars.size(); ++i) {
    const Bar& bar = chart.bars[i];
    const double y = top + kRow * static_cast<double>(i) + kRow / 2;
    svg += Text(kLeft - 6, y + 4, "end", bar.label, "label");
    if (bar.value) {
      svg += Box(kLeft, y - kBar / 2, std::max(0.5, x.At(*bar.value) - kLeft), kBar, "first");
      svg += Text(kRight + 8, y + 4, "start", Format("%.2f", *bar.value), "label");
    } else {
      svg += Text(kRight + 8, y + 4, "start", "-");
    }
    if (bar.interval) svg += Line(x.At(bar.interval->first), y, x.At(bar.interval->second), y, "whisker");
    if (bar.reference) svg += Box(x.At(*bar.reference) - 1.5, y - kBar / 2 - 2, 3, kBar + 4, "second");
  }
  return Svg(kWidth, bottom + 20, svg);
}

namespace {

// The frame of a plot of two axes: grid lines, numbers, labels, and a legend above.
struct Frame {
  static constexpr double kWidth = 360, kLeft = 46, kRight = 350, kHeight = 200, kLegendRow = 15;
  Axis x, y;
  double top, bottom;
  std::string svg;

  std::string Finish(const std::string& x_label, const std::string& y_label) {
    svg += Text((kLeft + kRight) / 2, bottom + 29, "middle", x_label) + Text(2, top - 6, "start", y_label);
    return Svg(kWidth, bottom + 34, svg);
  }
};

struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void Add(double value) {
    if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  }
  // With a margin, and never empty.
  std::pair<double, double> Padded() const {
    if (!(low <= high)) return {0, 1};
    const double margin = high > low ? 0.04 * (high - low) : std::max(1e-9, 0.1 * std::abs(high));
    return {low - margin, high + margin};
  }
};

Frame MakeFrame(const Extent& x, const Extent& y, const std::vector<std::pair<Series, std::string>>& legend) {
  constexpr double kColumn = 150;
  const auto rows = static_cast<double>((legend.size() + 1) / 2);
  const double top = Frame::kLegendRow * rows + 20, bottom = top + Frame::kHeight;
  const auto [x_low, x_high] = x.Padded();
  const auto [y_low, y_high] = y.Padded();
  Frame frame{{x_low, x_high, Frame::kLeft, Frame::kRight}, {y_low, y_high, bottom, top}, top, bottom, {}};
  for (size_t i = 0; i < legend.size(); ++i) {
    const double left = Frame::kLeft + kColumn * static_cast<double>(i % 2);
    const double row = Frame::kLegendRow * static_cast<double>(i / 2);
    frame.svg += Box(left, row + 1, 10, 10, SeriesClass(legend[i].first)) +
                 Text(left + 15, row + 10, "start", legend[i].second);
  }
  for (const double tick : frame.y.Ticks(5))
    frame.svg += Line(Frame::kLeft, frame.y.At(tick), Frame::kRight, frame.y.At(tick), "axis") +
                 Text(Frame::kLeft - 6, frame.y.At(tick) + 4, "end", Short(tick));
  for (const double tick : frame.x.Ticks(6))
    frame.svg += Line(frame.x.At(tick), bottom, frame.x.At(tick), bottom + 4, "axis") +
                 Text(frame.x.At(tick), bottom + 15, "middle", Short(tick));
  return frame;
}

}  // namespace

std::string ScatterSvg(const Scatter& scatter) {
  constexpr double kRadius = 4;
  Extent x, y;
  for (const ScatterPoint& point : scatter.points) {
    x.Add(point.x), y.Add(point.y);
    if (point.y_interval) y.Add(point.y_interval->first), y.Add(point.y_interval->second);
  }
  Frame frame = MakeFrame(x, y, scatter.legend);
  for (const ScatterPoint& point : scatter.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
    const double px = frame.x.At(point.x);
    if (point.y_interval && std::isfinite(point.y_interval->first) && std::isfinite(point.y_interval->second))
      frame.svg += Line(px, frame.y.At(point.y_interval->first), px, frame.y.At(point.y_interval->second),
                        std::string("line ") + SeriesClass(point.series));
    frame.svg += std::string("<circle class=\"") + SeriesClass(point.series) + "\" cx=\"" + Px(px) + "\" cy=\"" +
                 Px(frame.y.At(point.y)) + "\" r=\"" + Px(kRadius) + "\"><title>" + EscapeHtml(point.tip) +
                 "</title></circle>";
  }
  return frame.Finish(scatter.x_label, scatter.y_label);
}

std::string CurvesSvg(const Curves& curves) {
  Extent x, y;
  std::vector<std::pair<Series, std::string>> legend;
  for (const Curve& curve : curves.curves) {
    CHECK_EQ(curve.x.size(), curve.y.size());
    if (!curve.label.empty()) legend.push_back({curve.series, curve.label});
    for (size_t i = 0; i < curve.x.size(); ++i)
      if (std::isfinite(curve.y[i])) x.Add(curve.x[i]), y.Add(curve.y[i]);
  }
  Frame frame = MakeFrame(x, y, legend);
  for (const Curve& curve : curves.curves) {
    std::string path;
    bool pen_down = false;
    for (size_t i = 0; i < curve.x.size(); ++i) {
      if (!std::isfinite(curve.y[i])) {
        pen_down = false;
        continue;
      }
      path += (pen_down ? "L" : "M") + Px(frame.x.At(curve.x[i])) + " " + Px(frame.y.At(curve.y[i]));
      pen_down = true;
    }
    frame.svg += std::string("<path class=\"line ") + SeriesClass(curve.series) + "\" d=\"" + path + "\"/>";
  }
  return frame.Finish(curves.x_label, curves.y_label);
}

}  // namespace figment::files
