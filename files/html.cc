#include "files/html.h"

#include <cstdio>

#include "base/check.h"
#include "base/error.h"
#include "files/atomic.h"

namespace figment::files {
namespace {

constexpr char kStyle[] = R"css(
:root { color-scheme: light dark; --paper: #fcfcfb; --ink: #1d2126; --soft: #626a73; --line: #dcdfe3; --panel: #f3f4f5;
  --first: #1f77b4; --second: #d9822b; --third: #2a9d6f; --fourth: #8d5bb8; --fifth: #c2456b; --warn: #b3541e; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181b; --ink: #e4e6e9; --soft: #9aa3ad; --line: #363b41; --panel: #1f2226; --first: #5aa9e6;
    --second: #f0a35e; --third: #5cc79b; --fourth: #b88fe0; --fifth: #ee7f9f; --warn: #f0a35e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { max-width: 46rem; margin: .5rem 0; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .75rem 0; }
a { color: var(--first); }
.note { color: var(--soft); font-size: .85rem; }
.warning { border-left: 4px solid var(--warn); background: var(--panel); padding: .6rem .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: .75rem 0; font-size: .92rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { padding: .22rem .7rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; }
th { color: var(--soft); font-weight: 600; vertical-align: bottom; white-space: normal; }
th.number, td.number { text-align: right; }
td.long { white-space: normal; min-width: 16rem; }
tbody tr:hover { background: var(--panel); }
tr:has(> td:first-child:empty) { color: var(--soft); }
tr:has(+ tr > td:first-child:empty) > td { border-bottom-color: transparent; }
details { margin: .5rem 0; }
summary { cursor: pointer; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1.25rem;
  margin: 1rem 0; }
figure { margin: 0; }
figcaption { font-size: .9rem; font-weight: 600; }
svg { display: block; width: 100%; height: auto; font: 11px system-ui, "Liberation Sans", sans-serif; }
svg text { fill: var(--soft); }
svg .label { fill: var(--ink); }
svg .axis { stroke: var(--line); }
svg .mark { stroke: var(--soft); stroke-dasharray: 3 3; }
.first { fill: var(--first); } .second { fill: var(--second); } .third { fill: var(--third); }
.fourth { fill: var(--fourth); } .fifth { fill: var(--fifth); } .sixth { fill: var(--soft); }
svg .line { stroke-width: 1.5; fill: none; }
svg .line.first { stroke: var(--first); } svg .line.second { stroke: var(--second); }
svg .line.third { stroke: var(--third); } svg .line.fourth { stroke: var(--fourth); }
svg .line.fifth { stroke: var(--fifth); } svg .line.sixth { stroke: var(--soft); }
svg circle { fill-opacity: .75; }
svg .whisker { stroke: var(--ink); stroke-width: 1.2; fill: none; }
svg .middle { stroke: var(--ink); stroke-width: 2; }
.films { display: grid; grid-template-columns: repeat(auto-fill, minmax(136px, 1fr)); gap: .9rem .7rem;
  margin: .75rem 0; }
.films figcaption { font-size: .75rem; font-weight: 400; line-height: 1.35; overflow-wrap: anywhere;
  color: var(--soft); }
.films figcaption b { color: var(--ink); font-weight: 400; }
.film { overflow: hidden; width: 100%; background: var(--panel); }
.film img { display: block; height: 100%; width: calc(var(--n) * 100%); max-width: none;
  animation: film var(--s) steps(var(--n)) infinite; }
@keyframes film { to { transform: translateX(-100%); } }
.time { position: relative; height: 4px; margin: 2px 0 4px; background: var(--line); }
.time i { position: absolute; inset: 0 auto 0 0; width: 100%; transform-origin: left; background: var(--soft);
  animation: time var(--s) steps(var(--n)) infinite; }
.time b { position: absolute; top: -2px; bottom: -2px; width: 3px; margin-left: -1px; background: var(--second); }
@keyframes time { from { transform: scaleX(0); } to { transform: scaleX(1); } }
.tag { display: inline-block; padding: 0 .4em; border-radius: .3em; color: var(--paper); font-weight: 600; }
.tag.first { background: var(--first); } .tag.second { background: var(--second); }
body:has(#still:checked) :is(.film img, .time i) { animation-play-state: paused; }
body:has(#still:checked) .films figure:hover :is(.film img, .time i) { animation-play-state: running; }
@media (prefers-reduced-motion: reduce) {
  .films figure:not(:hover) :is(.film img, .time i) { animation-play-state: paused; } }
@media print { details > * { display: block; } :is(.film img, .time i) { animation: none; } }
)css";

constexpr size_t kLongText = 70;  // characters of a table's cell from which on it is broken into lines

std::string Format(const char* format, double value) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

}  // namespace

std::string Base64(std::span<const uint8_t> bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? bytes[i + k] : 0u);
    for (size_t k = 0; k < 4; ++k) out += k <= count ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::string DataUri(std::string_view media_type, std::span<const uint8_t> bytes) {
  return "data:" + std::string(media_type) + ";base64," + Base64(bytes);
}

HtmlPage::HtmlPage(std::string title, std::string generator)
    : title_(std::move(title)), generator_(std::move(generator)) {}

void HtmlPage::Section(const std::string& heading) {
  sections_.push_back(heading);
  body_ += "<h2 id=\"s" + std::to_string(sections_.size()) + "\">" + EscapeHtml(heading) + "</h2>\n";
}

void HtmlPage::Subheading(const std::string& heading) { body_ += "<h3>" + EscapeHtml(heading) + "</h3>\n"; }
void HtmlPage::Paragraph(const std::string& text) { body_ += "<p>" + EscapeHtml(text) + "</p>\n"; }
void HtmlPage::Note(const std::string& text) { body_ += "<p class=\"note\">" + EscapeHtml(text) + "</p>\n"; }
void HtmlPage::Warning(const std::string& text) { body_ += "<p class=\"warning\">" + EscapeHtml(text) + "</p>\n"; }

void HtmlPage::Facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  body_ += "<dl>\n";
  for (const auto& [name, value] : facts)
    body_ += "<dt>" + EscapeHtml(name) + "</dt><dd>" + EscapeHtml(value) + "</dd>\n";
  body_ += "</dl>\n";
}

void HtmlPage::Table(const base::Table& table) {
  // A column is one of numbers if its first cell that is not empty is one.
  std::vector<bool> is_number(table.columns.size(), false);
  for (size_t c = 0; c < table.columns.size(); ++c)
    for (const auto& row : table.rows) {
      CHECK_EQ(row.size(), table.columns.size());
      if (std::holds_alternative<std::monostate>(row[c].value)) continue;
      is_number[c] = std::holds_alternative<double>(row[c].value);
      break;
    }
  const auto cell = [&](const char* element, size_t column, const std::string& text) {
    const char* kind = is_number[column] ? " class=\"number\"" : text.size() > kLongText ? " class=\"long\"" : "";
    return std::string("<") + element + kind + ">" + EscapeHtml(text) + "</" + element + ">";
  };
  body_ += "<div class=\"wide\"><table>";
  if (!table.title.empty()) body_ += "<caption>" + EscapeHtml(table.title) + "</caption>";
  body_ += "\n<thead><tr>";
  for (size_t c = 0; c < table.columns.size(); ++c) body_ += cell("th", c, table.columns[c]);
  body_ += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    body_ += "<tr>";
    for (size_t c = 0; c < row.size(); ++c) body_ += cell("td", c, row[c].Text());
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table></div>\n";
  for (const std::string& note : table.notes) Note(note);
}

void HtmlPage::Figures(const std::vector<HtmlFigure>& figures) {
  body_ += "<div class=\"figures\">\n";
  for (const HtmlFigure& figure : figures)
    body_ += "<figure><figcaption>" + EscapeHtml(figure.caption) + "</figcaption>" + figure.svg + "</figure>\n";
  body_ += "</div>\n";
}

void HtmlPage::FilmStrips(const std::vector<FilmStrip>& strips) {
  body_ += "<div class=\"films\">\n";
  for (const FilmStrip& strip : strips) {
    body_ += "<figure style=\"--n:" + std::to_string(strip.frames) + ";--s:" + Format("%.2f", strip.seconds) + "s\">";
    body_ += "<div class=\"film\" style=\"aspect-ratio:" + std::to_string(strip.width) + "/" +
             std::to_string(strip.height) + "\"><img alt=\"" + EscapeHtml(strip.title) + "\" src=\"" +
             DataUri("image/jpeg", strip.jpeg) + "\"></div>";
    body_ += "<div class=\"time\"><i></i>";
    if (strip.mark) body_ += "<b style=\"left:" + Format("%.1f", 100 * *strip.mark) + "%\"></b>";
    body_ += "</div><figcaption>";
    if (!strip.tag.empty())
      body_ += std::string("<span class=\"tag ") + SeriesClass(strip.series) + "\">" + EscapeHtml(strip.tag) + "</span> ";
    body_ += EscapeHtml(strip.text) + "<br><b>" + EscapeHtml(strip.title) + "</b></figcaption></figure>\n";
  }
  body_ += "</div>\n";
}

void HtmlPage::FilmSwitch() {
  body_ += "<p><label><input type=\"checkbox\" id=\"still\"> stop all; play the one under the pointer</label></p>\n";
}

void HtmlPage::OpenDetails(const std::string& summary) {
  body_ += "<details><summary>" + EscapeHtml(summary) + "</summary>\n";
}
void HtmlPage::CloseDetails() { body_ += "</details>\n"; }

namespace {

std::string GeneratorElement(std::string_view generator) {
  return "<meta name=\"generator\" content=\"" + EscapeHtml(generator) + "\">";
}

}  // namespace

std::string HtmlPage::Finish() const {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
      "'unsafe-inline'\">\n" +
      GeneratorElement(generator_) + "\n<title>" + EscapeHtml(title_) + "</title>\n<style>" + kStyle +
      "</style>\n</head>\n<body>\n<h1>" + EscapeHtml(title_) + "</h1>\n<nav>";
  for (size_t i = 0; i < sections_.size(); ++i)
    page += "<a href=\"#s" + std::to_string(i + 1) + "\">" + EscapeHtml(sections_[i]) + "</a>";
  return page + "</nav>\n" + body_ + "</body>\n</html>\n";
}

bool IsPageOf(std::string_view html, std::string_view generator) {
  return html.find(GeneratorElement(generator)) != std::string_view::npos;
}

void CheckPageTarget(const std::filesystem::path& out, std::string_view generator) {
  const std::string name = "--out '" + out.string() + "'";
  if (std::filesystem::is_directory(out)) throw base::Error(name + " is a folder, not a file");
  if (std::filesystem::exists(out) && !IsPageOf(ReadFile(out), generator))
    throw base::Error(name + " is there and is no report; nothing was changed. Choose another --out");
  const std::filesystem::path folder = out.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder))
    throw base::Error(name + ": there is no folder '" + folder.string() + "'");
}

void WritePage(const std::filesystem::path& out, std::string_view html, std::string_view generator) {
  CheckPageTarget(out, generator);
  WriteFileAtomically(out, html);
}

}  // namespace figment::files
