#include "pong/report.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/version.h"
#include "files/html.h"
#include "metrics/correlation.h"

namespace figment::pong {
namespace {

using base::Cell;
using files::Series;

constexpr char kGenerator[] = "figment pong report";

// Each group has a colour, the seventh and later ones share the last.
Series SeriesOf(const std::vector<std::string>& groups, const std::string& group) {
  const auto place = std::find(groups.begin(), groups.end(), group) - groups.begin();
  return static_cast<Series>(std::min<std::ptrdiff_t>(place, static_cast<std::ptrdiff_t>(Series::kSixth)));
}

std::vector<std::pair<Series, std::string>> Legend(const std::vector<std::string>& groups) {
  std::vector<std::pair<Series, std::string>> legend;
  for (const std::string& group : groups) legend.push_back({SeriesOf(groups, group), group});
  return legend;
}

// Something of a model against its consistency with one subject.
template <class X>
std::string ConsistencyScatter(std::span<const ModelScore> scores, size_t subject, const std::string& x_label,
                               const X& x) {
  const std::vector<std::string> groups = GroupsOf(scores);
  files::Scatter scatter{.x_label = x_label, .y_label = "consistency", .legend = Legend(groups)};
  for (const ModelScore& score : scores) {
    if (subject >= score.consistency.size()) continue;
    const Consistency& consistency = score.consistency[subject];
    scatter.points.push_back({.x = x(score), .y = consistency.pearson,
                              .y_interval = {{consistency.interval.low, consistency.interval.high}},
                              .tip = score.name + ": " + Cell(x(score), 2).Text() + ", " +
                                     Cell(consistency.pearson, 2).Text(),
                              .series = SeriesOf(groups, score.group)});
  }
  return ScatterSvg(scatter);
}

// Share of the variance of consistency over models that a linear function of x explains.
template <class X>
Cell VarianceExplained(std::span<const ModelScore> scores, size_t subject, const X& x) {
  std::vector<double> xs, ys;
  for (const ModelScore& score : scores)
    if (subject < score.consistency.size() && std::isfinite(score.consistency[subject].pearson))
      xs.push_back(x(score)), ys.push_back(score.consistency[subject].pearson);
  const double r = xs.size() > 2 ? metrics::Pearson(xs, ys) : std::nan("");
  return std::isfinite(r) ? Cell(r * r, 2) : Cell();
}

double EndpointError(const ModelScore& score) { return score.endpoint ? score.endpoint->mae_deg : std::nan(""); }
double SimulationIndex(const ModelScore& score) { return score.simulation.mae_deg; }

std::string CourseFigure(std::span<const ModelScore> scores, bool correlation) {
  const std::vector<std::string> groups = GroupsOf(scores);
  std::vector<std::string> named;
  files::Curves curves{.x_label = "seconds from motion onset", .y_label = correlation ? "r with y_f" : "error, deg"};
  for (const ModelScore& score : scores) {
    const bool first = std::find(named.begin(), named.end(), score.group) == named.end();
    if (first) named.push_back(score.group);
    curves.curves.push_back({.label = first ? score.group : "", .x = score.course.time_s,
                             .y = correlation ? score.course.r : score.course.mae_deg,
                             .series = SeriesOf(groups, score.group)});
  }
  return CurvesSvg(curves);
}

std::string NameOf(ErrorKind kind) {
  for (const auto& [name, one] : ErrorKinds())
    if (one == kind) return name;
  base::CheckFailed(__FILE__, __LINE__, "an error pattern without a name");
}

void AddConsistency(files::HtmlPage& page, std::span<const ModelScore> scores, std::span<const Subject> subjects,
                    const ModelScoreOptions& options) {
  page.Section("Error pattern");
  const bool residual = NameOf(options.kind).starts_with("residual");
  page.Paragraph("Consistency is the correlation, over conditions, of a model's errors with a subject's, " +
                 std::string(residual ? "after what a line through the endpoints explains is taken out of both, and " : "") +
                 "corrected for the noise of either (" + NameOf(options.kind) + "). A small error at the end does not "
                 "make a model err like a subject; read the two plots side by side.");
  base::Table explained{.title = "Variance of consistency over models (R2) explained by",
                        .columns = {"subject", "endpoint MAE", "simulation index"}};
  std::vector<files::HtmlFigure> figures;
  for (size_t i = 0; i < subjects.size(); ++i) {
    figures.push_back({ConsistencyScatter(scores, i, "endpoint MAE, deg", EndpointError),
                       subjects[i].name + ": endpoint error"});
    figures.push_back({ConsistencyScatter(scores, i, "simulation index, deg (left = simulates)", SimulationIndex),
                       subjects[i].name + ": simulation index"});
    explained.rows.push_back({subjects[i].name, VarianceExplained(scores, i, EndpointError),
                              VarianceExplained(scores, i, SimulationIndex)});
  }
  page.Figures(figures);
  page.Table(explained);
  page.Table(SubjectTable(subjects, options));
}

}  // namespace

std::string ReportPage(std::span<const ModelScore> scores, std::span<const Subject> subjects,
                       const ReportSources& sources) {
  files::HtmlPage page("Mental-Pong models", kGenerator);
  page.Facts({{"models", sources.models},
              {"subjects", sources.subjects},
              {"seed", std::to_string(sources.options.seed)},
              {"figment", base::kVersion}});
  page.Section("Groups");
  page.Table(GroupTable(scores, subjects));
  if (!subjects.empty()) AddConsistency(page, scores, subjects, sources.options);
  page.Section("When the endpoint is known");
  page.Paragraph("At each frame a linear map from the state to the endpoint is fitted on nine tenths of the conditions and "
                 "tested on the rest. Trials end at different times: late frames have fewer conditions.");
  page.Figures({{CourseFigure(scores, true), "Correlation of the decoded endpoint"},
                {CourseFigure(scores, false), "Mean absolute error of the decoded endpoint"}});
  page.Section("Models");
  page.Table(ScoreTable(scores, subjects));
  return page.Finish();
}

void CheckReportTarget(const std::filesystem::path& out) { files::CheckPageTarget(out, kGenerator); }

void WriteReport(const std::filesystem::path& out, const std::string& page) {
  files::WritePage(out, page, kGenerator);
}

}  // namespace figment::pong
