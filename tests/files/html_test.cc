#include "files/html.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/files/scratch.h"

namespace figment::files {
namespace {

bool Contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

int Occurrences(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string Base64Of(const std::string& text) {
  return Base64({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

// The test vectors of RFC 4648, section 10.
TEST(Html, Base64) {
  EXPECT_EQ(Base64Of(""), "");
  EXPECT_EQ(Base64Of("f"), "Zg==");
  EXPECT_EQ(Base64Of("fo"), "Zm8=");
  EXPECT_EQ(Base64Of("foo"), "Zm9v");
  EXPECT_EQ(Base64Of("foob"), "Zm9vYg==");
  EXPECT_EQ(Base64Of("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Base64Of("foobar"), "Zm9vYmFy");
  const std::vector<uint8_t> bytes = {0xff, 0xfe, 0xfb};
  EXPECT_EQ(DataUri("image/png", bytes), "data:image/png;base64,//77");
}

TEST(Html, EveryTextIsEscaped) {
  const std::string bad = "<script>alert(\"1\" & '2')</script>";
  EXPECT_EQ(EscapeHtml("a < b & \"c\""), "a &lt; b &amp; &quot;c&quot;");
  HtmlPage page(bad, bad);
  page.Section(bad);
  page.Subheading(bad);
  page.Paragraph(bad);
  page.Note(bad);
  page.Warning(bad);
  page.Facts({{bad, bad}});
  page.Table({.title = bad, .columns = {bad}, .rows = {{bad}}, .notes = {bad}});
  Histogram histogram = MakeHistogram({}, 10, 5);
  histogram.x_label = bad;
  histogram.strips = {{.label = bad}};
  histogram.marks = {{5, bad}};
  BarChart chart{.value_name = bad, .reference_name = bad, .bars = {{.label = bad}}};
  page.Figures({{HistogramSvg(histogram), bad}, {BarChartSvg(chart), bad}});
  page.Figures({{ScatterSvg({.x_label = bad, .y_label = bad, .points = {{.tip = bad}}, .legend = {{Series::kSecond, bad}}}), bad}});
  page.Figures({{CurvesSvg({.x_label = bad, .y_label = bad, .curves = {{.label = bad, .x = {0, 1}, .y = {0, 1}}}}), bad}});
  page.FilmStrips({{.jpeg = {1}, .width = 1, .height = 1, .tag = bad, .title = bad, .text = bad}});
  page.OpenDetails(bad);
  page.CloseDetails();
  EXPECT_FALSE(Contains(page.Finish(), "<script"));
}

TEST(Html, NothingComesFromElsewhere) {
  HtmlPage page("t", "g");
  const std::string html = page.Finish();
  EXPECT_TRUE(Contains(html, "default-src 'none'"));
  for (const char* word : {"http:", "https:", "src=\"//", "url(", "@import", "<link"})
    EXPECT_FALSE(Contains(html, word)) << word;
}

TEST(Html, KnowsItsOwnPages) {
  const HtmlPage page("t", "program report");
  EXPECT_TRUE(IsPageOf(page.Finish(), "program report"));
  EXPECT_FALSE(IsPageOf(page.Finish(), "another report"));
  EXPECT_FALSE(IsPageOf("my notes on program report", "program report"));
}

TEST(Html, PagesReplaceTheirOwnKindOnly) {
  const ScratchFolder folder;
  const HtmlPage page("t", "program report");
  WritePage(folder / "r.html", page.Finish(), "program report");
  WritePage(folder / "r.html", page.Finish(), "program report");
  EXPECT_NE(ErrorOf([&] { CheckPageTarget(folder / "r.html", "another report"); }).find("is there and is no report"),
            std::string::npos);
  EXPECT_NE(ErrorOf([&] { CheckPageTarget(folder.path(), "program report"); }).find("is a folder"), std::string::npos);
  EXPECT_NE(ErrorOf([&] { CheckPageTarget(folder / "none" / "r.html", "program report"); }).find("there is no folder"),
            std::string::npos);
  EXPECT_NO_THROW(CheckPageTarget(folder / "new.html", "program report"));
}

TEST(Html, NumbersStandToTheRight) {
  HtmlPage page("t", "g");
  page.Table({.columns = {"name", "value"}, .rows = {{"a", base::Cell()}, {"b", base::Cell(0.256, 2)}}});
  const std::string html = page.Finish();
  EXPECT_TRUE(Contains(html, "<th>name</th><th class=\"number\">value</th>"));
  EXPECT_TRUE(Contains(html, "<td>b</td><td class=\"number\">0.26</td>"));
}

TEST(Html, HistogramsCountInRoundBins) {
  const std::vector<double> values = {0, 9.9, 10, 55};
  const Histogram histogram = MakeHistogram(values, 40, 6);  // 55 / 6 = 9.2: bins of 10
  EXPECT_EQ(histogram.bin_width, 10);
  EXPECT_EQ(histogram.counts, (std::vector<int>{2, 1, 0, 0, 0, 1}));
  EXPECT_EQ(MakeHistogram({}, 100, 20).counts, std::vector<int>(21, 0));  // up to and with 100
  EXPECT_EQ(Occurrences(HistogramSvg(histogram), "<rect"), 3);            // of the bins that are not empty
}

TEST(Html, BarsShowValueReferenceAndInterval) {
  const std::string svg = BarChartSvg({.bars = {{.label = "half", .value = 0.5, .reference = 0.25,
                                                 .interval = std::pair(0.4, 0.6)},
                                                {.label = "unknown"}}});
  // The axis runs from pixel 78 to 318.
  EXPECT_TRUE(Contains(svg, "class=\"first\" x=\"78.0\" y=\"8.0\" width=\"120.0\"")) << svg;
  EXPECT_TRUE(Contains(svg, "class=\"second\" x=\"136.5\"")) << svg;
  EXPECT_TRUE(Contains(svg, "class=\"whisker\" x1=\"174.0\" y1=\"14.0\" x2=\"222.0\"")) << svg;
  EXPECT_EQ(Occurrences(svg, "class=\"first\""), 1);
}

TEST(Html, FilmStripsSayHowToPlayThem) {
  HtmlPage page("t", "g");
  page.FilmStrips({{.jpeg = {0xff}, .frames = 20, .width = 4, .height = 3, .seconds = 1.5, .mark = 0.25, .title = "a"}});
  const std::string html = page.Finish();
  EXPECT_TRUE(Contains(html, "--n:20;--s:1.50s"));
  EXPECT_TRUE(Contains(html, "aspect-ratio:4/3"));
  EXPECT_TRUE(Contains(html, "left:25.0%"));
  EXPECT_TRUE(Contains(html, "src=\"data:image/jpeg;base64,/w==\""));
}

// The axes reach 4 % beyond the data: (0, 0) to (10, 1) is drawn from 46 + .04/1.08 * 304 = 57.3 to 338.7 across, and a
// value that is not finite is left out.
TEST(Html, ScatterPlacesItsPoints) {
  const double nan = std::nan("");
  const std::string svg = ScatterSvg({.points = {{.x = 0, .y = 0}, {.x = 10, .y = 1}, {.x = nan, .y = 1}, {.x = 5, .y = nan}}});
  EXPECT_EQ(Occurrences(svg, "<circle"), 2);
  EXPECT_TRUE(Contains(svg, "cx=\"57.3\" cy=\"212.6\""));
  EXPECT_TRUE(Contains(svg, "cx=\"338.7\" cy=\"27.4\""));
}

TEST(Html, CurvesBreakWhereAValueIsMissing) {
  const std::string svg = CurvesSvg({.curves = {{.x = {0, 1, 2, 3, 4}, .y = {0, 1, std::nan(""), 1, 0}}}});
  EXPECT_EQ(Occurrences(svg, "<path"), 1);
  EXPECT_EQ(Occurrences(svg, "M"), 2);
  EXPECT_EQ(Occurrences(svg, "L"), 2);
}

}  // namespace
}  // namespace figment::files
