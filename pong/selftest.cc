#include "pong/selftest.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numeric>

#include "metrics/quantiles.h"
#include "pong/geometry.h"
#include "pong/trials.h"

namespace figment::pong {
namespace {

class Report {
 public:
  void Text(const std::string& name, const std::string& expected, const std::string& found) {
    const bool ok = expected == found;
    ++result_.checks;
    result_.differences += !ok;
    result_.table.rows.push_back({name, expected, found, ok ? "ok" : "DIFFERENT"});
  }
  void Count(const std::string& name, int64_t expected, int64_t found) {
    Text(name, std::to_string(expected), std::to_string(found));
  }
  // Compared with as many decimals as are expected.
  void Number(const std::string& name, const std::string& expected, double found) {
    const size_t point = expected.find('.');
    const int decimals = point == std::string::npos ? 0 : static_cast<int>(expected.size() - point - 1);
    char text[64];
    std::snprintf(text, sizeof(text), "%.*f", decimals, found);
    Text(name, expected, text);
  }
  Selftest Take() { return std::move(result_); }

 private:
  Selftest result_{.table = {.title = "Published trial set", .columns = {"check", "expected", "found", ""}}};
};

using Conditions = std::vector<Condition>;

template <class Value>
auto Sum(const Conditions& conditions, Value value) {
  using Total = decltype(value(conditions.front()) + 0);
  return std::accumulate(conditions.begin(), conditions.end(), Total{},
                         [&](Total total, const Condition& c) { return total + value(c); });
}

template <class Predicate>
int64_t CountIf(const Conditions& conditions, Predicate predicate) {
  return std::count_if(conditions.begin(), conditions.end(), predicate);
}

std::string Join(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) text += (text.empty() ? "" : "/") + std::to_string(number);
  return text;
}

// Minimum, quartiles (middle values of the sorted list) and maximum.
template <class Value>
std::string Spread(const Conditions& conditions, Value value) {
  std::vector<int> values;
  for (const Condition& c : conditions) values.push_back(value(c));
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  return Join({values.front(), values[n / 4], values[n / 2], values[3 * n / 4], values.back()});
}

int TimeOfOcclusion(const Condition& c) { return c.t_occ; }
int TimeOfEnd(const Condition& c) { return c.t_end; }
int TimeBehind(const Condition& c) { return c.t_end - c.t_occ; }

void CheckGenerator(const GeneratorCounts& counts, Report* report) {
  report->Count("grid", 2700000, counts.grid);
  report->Count("A: 16..44 frames to the occluder", 1364940, counts.time_to_occluder);
  report->Count("B: and 16..44 frames behind it", 698400, counts.time_behind_occluder);
  report->Count("C: both lines reached", 698400, counts.lines_reached);
  const std::array<int, 5> by_bounce_total = {213341, 258884, 146487, 79666, 22};
  for (size_t n = 0; n < by_bounce_total.size(); ++n)
    report->Count("of these with " + std::to_string(n) + " bounces", by_bounce_total[n], counts.by_bounce_total[n]);
  report->Count("D: at most one bounce", 472225, counts.one_bounce);
  report->Count("D rejects", 226175, counts.lines_reached - counts.one_bounce);
  report->Count("E: counts of frames", 472225, counts.frame_counts);
}

void CheckBounces(const Conditions& all, Report* report) {
  report->Count("bounce before the end", 140419, CountIf(all, [](auto& c) { return c.n_bounce_at_t_end > 0; }));
  report->Count("visible bounce", 65187, CountIf(all, [](auto& c) { return c.n_bounce_visible > 0; }));
  report->Count("occluded bounce", 75232, CountIf(all, [](auto& c) { return c.n_bounce_occluded > 0; }));
  report->Count("bounce only after the end", 118465,
                CountIf(all, [](auto& c) { return c.n_bounce_at_t_end == 0 && c.n_bounce_total > 0; }));
  report->Count("never a bounce", 213341, CountIf(all, [](auto& c) { return c.n_bounce_total == 0; }));
  // The late book-keeping of reflections.
  int into_occluder = 0, into_end = 0;
  for (const Condition& c : all) {
    const Track track = MakeTrack(c);
    into_occluder += track.reflected[static_cast<size_t>(c.t_occ)];
    into_end += track.reflected[static_cast<size_t>(c.t_end)];
  }
  report->Count("reflected on the move into the occluder", 3226, into_occluder);
  report->Count("reflected on the move into the end", 3209, into_end);
}

void CheckTimes(const Conditions& all, Report* report) {
  const auto n = static_cast<double>(all.size());
  const std::array<int, 4> by_speed = {86760, 380281, 5184, 0};
  for (int speed = 0; speed < 4; ++speed)
    report->Count("speed " + std::to_string(speed), by_speed[static_cast<size_t>(speed)],
                  CountIf(all, [=](auto& c) { return c.ispeed == speed; }));
  report->Text("t_occ least/quartiles/most", "17/26/33/39/44", Spread(all, TimeOfOcclusion));
  report->Text("t_end - t_occ", "16/17/18/25/44", Spread(all, TimeBehind));
  report->Text("t_end", "33/44/53/62/88", Spread(all, TimeOfEnd));
  report->Count("sum of t_occ", 15131907, Sum(all, TimeOfOcclusion));
  report->Count("sum of t_end", 25488150, Sum(all, TimeOfEnd));
  report->Number("mean of t_occ", "32.04", Sum(all, TimeOfOcclusion) / n);
  report->Number("mean of t_end - t_occ", "21.93", Sum(all, TimeBehind) / n);
  report->Number("mean of t_end", "53.97", Sum(all, TimeOfEnd) / n);
}

void CheckEnds(const Conditions& all, Report* report) {
  const auto [low, high] = std::minmax_element(all.begin(), all.end(), [](auto& a, auto& b) { return a.y_f < b.y_f; });
  const double sum = Sum(all, [](auto& c) { return c.y_f; });
  report->Number("sum of y_f", "7528701.8932", sum);
  report->Number("mean of y_f", "15.943", sum / static_cast<double>(all.size()));
  report->Number("least y_f", "0.6401", low->y_f);
  report->Number("largest y_f", "31.3599", high->y_f);
  const auto [near, far] = std::minmax_element(all.begin(), all.end(), [](auto& a, auto& b) { return a.x_f < b.x_f; });
  report->Number("least x_f", "32.00001", near->x_f);
  report->Number("largest x_f", "32.4994", far->x_f);
}

void CheckSplit(const Conditions& all, const Split& split, Report* report) {
  report->Count("valid", 47223, static_cast<int64_t>(split.valid.size()));
  report->Count("train", 425002, static_cast<int64_t>(split.train.size()));
  const auto bounces = std::count_if(split.valid.begin(), split.valid.end(), [&](int index) {
    return all[static_cast<size_t>(index)].n_bounce_at_t_end > 0;
  });
  report->Count("valid with bounce", 14039, bounces);
  report->Count("valid without bounce", 33184, static_cast<int64_t>(split.valid.size()) - bounces);
  report->Count("valid batches", 92, BatchCount(split.valid));
  report->Count("train batches", 830, BatchCount(split.train));
  report->Text("valid begins", "13091/327391/459910/400117/111590/231439/9779/223843/447832/276294",
               Join({split.valid.begin(), split.valid.begin() + 10}));
  report->Text("train begins", "281347/94838/317218/321386/209871/353125/26599/457472/89358/166457",
               Join({split.train.begin(), split.train.begin() + 10}));
  report->Count("train ends", 461484, split.train.back());
}

std::string Grid(const Condition& c) { return Join({c.ix, c.iy, c.iheading, c.ispeed}); }

void CheckFirstAndLast(const Conditions& all, Report* report) {
  const Condition &first = all.front(), &last = all.back();
  report->Text("first trial, grid", "2/0/66/1", Grid(first));
  report->Number("first trial, x0", "2.24", first.x0);
  report->Number("first trial, y0", "1.6", first.y0);
  report->Number("first trial, heading", "-0.1433746983", first.heading_rad);
  report->Text("first trial, times and bounces", "44/61/1/0",
               Join({first.t_occ, first.t_end, first.n_bounce_visible, first.n_bounce_occluded}));
  report->Number("first trial, y_f", "4.0379618148", first.y_f);
  report->Text("last trial, grid", "49/89/119/0", Grid(last));
  report->Number("last trial, x0", "17.28", last.x0);
  report->Number("last trial, y0", "30.08", last.y0);
  report->Number("last trial, heading", "0.7506087145", last.heading_rad);
  report->Text("last trial, times and bounces", "37/81/1/0",
               Join({last.t_occ, last.t_end, last.n_bounce_visible, last.n_bounce_occluded}));
  report->Number("last trial, y_f", "18.8277985267", last.y_f);
}

// "V32-" : epoch by the published book-keeping, frame of the first reflection and wall; "-" without a counted bounce.
std::string Bounce(const Condition& c, const Track& track) {
  if (c.n_bounce_at_t_end == 0) return "-";
  const auto frame = static_cast<size_t>(std::find(track.reflected.begin(), track.reflected.end(), true) -
                                         track.reflected.begin());
  return (c.n_bounce_visible > 0 ? "V" : "O") + std::to_string(frame) + (track.dy[frame] > 0 ? " lower" : " upper");
}

// Rows of the 79 that are published in full.
struct PublishedRow {
  int row, index;
  const char *grid, *x0, *y0, *degrees, *speed, *dx, *dy, *times, *bounce, *y_occ, *x_f, *y_f, *y_f_degrees;
};
constexpr std::array<PublishedRow, 10> kRows = {{
    {0, 29337, "10/1/102/1", "4.80", "1.92", "26.577181", "0.50", "0.447166", "0.223701", "43/61", "-", "11.539163",
     "32.077141", "15.565789784", "-0.271381"},
    {1, 55062, "14/23/41/1", "6.08", "8.96", "-32.375839", "0.50", "0.422277", "-0.267735", "43/62", "V32 lower",
     "3.832620", "32.261168", "8.919591776", "-4.425255"},
    {3, 59920, "14/88/24/2", "6.08", "29.76", "-48.805369", "0.75", "0.493964", "-0.564357", "37/53", "O52 lower",
     "8.878773", "32.260103", "1.430946070", "-9.105659"},
    {5, 72780, "16/70/108/1", "6.72", "24.00", "32.375839", "0.50", "0.422277", "0.267735", "41/60", "V28 upper",
     "27.742851", "32.056614", "22.655878926", "4.159924"},
    {17, 163248, "27/42/69/1", "10.24", "15.04", "-5.315436", "0.50", "0.497850", "-0.046319", "28/44", "-",
     "13.743056", "32.145395", "13.001945399", "-1.873784"},
    {20, 182748, "29/45/121/1", "10.88", "16.00", "44.939597", "0.50", "0.353926", "0.353180", "38/60", "O44 upper",
     "29.420858", "32.115555", "25.529171853", "5.955732"},
    {37, 248856, "36/3/126/2", "13.12", "2.56", "49.771812", "0.75", "0.484375", "0.572609", "23/39", "-", "15.730002",
     "32.010626", "24.891742881", "5.557339"},
    {51, 332165, "41/58/9/1", "14.72", "20.16", "-63.302013", "0.50", "0.224644", "-0.446694", "42/77", "O44 lower",
     "1.398869", "32.017573", "15.515406323", "-0.302871"},
    {58, 379400, "44/23/116/0", "15.68", "8.96", "40.107383", "0.25", "0.191210", "0.161056", "44/86", "-",
     "16.046444", "32.124026", "22.810776964", "4.256736"},
    {69, 428615, "46/84/114/0", "16.32", "28.48", "38.174497", "0.25", "0.196533", "0.154515", "40/80", "V19 upper",
     "28.059415", "32.042642", "21.878829291", "3.674268"},
}};

void CheckRow(const PublishedRow& row, const Conditions& all, Report* report) {
  constexpr double kDegrees = 180 / 3.14159265358979323846;
  const int index = PublishedConditions()[static_cast<size_t>(row.row)];
  const Condition& c = all[static_cast<size_t>(index)];
  const Track track = MakeTrack(c);
  const std::string name = "row " + std::to_string(row.row) + ", ";
  report->Count(name + "index", row.index, index);
  report->Text(name + "grid", row.grid, Grid(c));
  report->Number(name + "x0", row.x0, c.x0);
  report->Number(name + "y0", row.y0, c.y0);
  report->Number(name + "heading (deg)", row.degrees, c.heading_rad * kDegrees);
  report->Number(name + "speed", row.speed, c.speed);
  report->Number(name + "dx", row.dx, c.dx);
  report->Number(name + "dy", row.dy, c.dy);
  report->Text(name + "t_occ/t_end", row.times, Join({c.t_occ, c.t_end}));
  report->Text(name + "bounce", row.bounce, Bounce(c, track));
  report->Number(name + "y at t_occ", row.y_occ, track.y[static_cast<size_t>(c.t_occ)]);
  report->Number(name + "x_f", row.x_f, c.x_f);
  report->Number(name + "y_f", row.y_f, c.y_f);
  report->Number(name + "y_f (deg)", row.y_f_degrees, DegreesOf(c.y_f));
}

// Condition 59920 meets the wall one frame before its end.
void CheckTrace(const Conditions& all, Report* report) {
  const Track track = MakeTrack(all[59920]);
  report->Number("59920, frame 51, x", "31.272174807", track.x[51]);
  report->Number("59920, frame 51, y", "0.977768876", track.y[51]);
  report->Number("59920, frame 52, x", "31.766139019", track.x[52]);
  report->Number("59920, frame 52, y before mirroring", "0.41341140", track.y_straight[52]);
  report->Number("59920, frame 52, y", "0.866588597", track.y[52]);
  report->Number("59920, frame 53, x", "32.260103231", track.x[53]);
  report->Number("59920, frame 53, y", "1.430946070", track.y[53]);
}

double Correlation(const Conditions& all, double Condition::*a, double Condition::*b) {
  const auto n = static_cast<double>(all.size());
  const double mean_a = Sum(all, [=](auto& c) { return c.*a; }) / n;
  const double mean_b = Sum(all, [=](auto& c) { return c.*b; }) / n;
  const double ab = Sum(all, [=](auto& c) { return (c.*a - mean_a) * (c.*b - mean_b); });
  const double aa = Sum(all, [=](auto& c) { return (c.*a - mean_a) * (c.*a - mean_a); });
  const double bb = Sum(all, [=](auto& c) { return (c.*b - mean_b) * (c.*b - mean_b); });
  return ab / std::sqrt(aa * bb);
}

void CheckAggregates(const Conditions& all, const Split& split, Report* report) {
  Conditions rows;
  for (const int index : PublishedConditions()) rows.push_back(all[static_cast<size_t>(index)]);
  report->Count("the 79 in valid", 79, std::count_if(rows.begin(), rows.end(), [&](auto& c) {
                  return std::find(split.valid.begin(), split.valid.end(), c.index) != split.valid.end();
                }));
  int lower = 0, mirrored_end = 0;
  for (const Condition& c : rows) {
    const Track track = MakeTrack(c);
    lower += Bounce(c, track).ends_with("lower");
    mirrored_end += track.reflected[static_cast<size_t>(c.t_end)];
  }
  report->Count("the 79, visible bounce", 16, CountIf(rows, [](auto& c) { return c.n_bounce_visible > 0; }));
  report->Count("the 79, occluded bounce", 11, CountIf(rows, [](auto& c) { return c.n_bounce_occluded > 0; }));
  report->Count("the 79, no bounce", 52, CountIf(rows, [](auto& c) { return c.n_bounce_at_t_end == 0; }));
  report->Count("the 79, lower wall", 14, lower);
  report->Count("the 79, reflected on the move into the end", 1, mirrored_end);
  for (const auto& [speed, count] : {std::pair{0, 9}, {1, 67}, {2, 3}})
    report->Count("the 79, speed " + std::to_string(speed), count,
                  CountIf(rows, [speed = speed](auto& c) { return c.ispeed == speed; }));
  std::vector<double> starts;
  for (const Condition& c : rows) starts.push_back(c.x0);
  report->Number("the 79, median x0", "13.12", metrics::Median(starts));
  report->Text("the 79, t_occ median/least/most", "31/17/44", [&] {
    std::vector<double> times;
    for (const Condition& c : rows) times.push_back(c.t_occ);
    const auto [least, most] = std::minmax_element(times.begin(), times.end());
    return Join({static_cast<int>(metrics::Median(times)), static_cast<int>(*least), static_cast<int>(*most)});
  }());
  report->Count("the 79, heading of 25 deg or more", 78, CountIf(rows, [](auto& c) {
                  return std::abs(c.heading_rad) >= 25 * 3.14159265358979323846 / 180;
                }));
  report->Number("the 79, correlation of y0 and y_f", "-0.09", Correlation(rows, &Condition::y0, &Condition::y_f));
  report->Number("the 79, correlation of dy and y_f", "0.78", Correlation(rows, &Condition::dy, &Condition::y_f));
  report->Number("correlation of y0 and y_f", "0.40", Correlation(all, &Condition::y0, &Condition::y_f));
  report->Count("the 79, frames before t_occ", 2440, Sum(rows, TimeOfOcclusion));
  report->Count("the 79, frames t_occ..t_end", 1862, Sum(rows, [](auto& c) { return c.t_end - c.t_occ + 1; }));
  report->Count("the 79, frames 0..t_end", 4302, Sum(rows, [](auto& c) { return c.t_end + 1; }));
}

}  // namespace

Selftest RunSelftest() {
  GeneratorCounts counts;
  const Conditions all = MakeTrialSet(&counts);
  const Split split = MakeSplit(static_cast<int>(all.size()));
  Report report;
  CheckGenerator(counts, &report);
  if (all.size() == kTrialCount) {  // otherwise no index means what it should
    CheckBounces(all, &report);
    CheckTimes(all, &report);
    CheckEnds(all, &report);
    CheckSplit(all, split, &report);
    CheckFirstAndLast(all, &report);
    for (const PublishedRow& row : kRows) CheckRow(row, all, &report);
    CheckTrace(all, &report);
    CheckAggregates(all, split, &report);
  }
  return report.Take();
}

}  // namespace figment::pong
