#include "physion/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "base/error.h"
#include "base/log.h"
#include "files/atomic.h"
#include "files/html.h"
#include "metrics/quantiles.h"
#include "physion/bias_audit.h"
#include "physion/film_strips.h"
#include "physion/generate.h"
#include "physion/producer.h"
#include "physion/reference_statistics.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using base::Cell;
using files::HtmlPage;
using Json = nlohmann::ordered_json;

constexpr char kGenerator[] = "figment physion report";
constexpr int kShortestTrial = 151;       // frames; the reference ends no trial before
constexpr int kContactBins = 30;
constexpr size_t kListed = 50;            // names in a list before "and n more"
// Of all pictures of a page; base64 makes them a third larger, so a page stays below 15 MB.
constexpr size_t kPictureBytes = 10'500'000;
constexpr size_t kStripBytes = 110'000;   // of one trial
constexpr char kThis[] = "this set", kReleased[] = "released";

// --- What is counted

// The trials of a scenario or a configuration.
struct Group {
  std::vector<const Json*> accepted, unaccepted;   // manifest lines, in slot order
  std::vector<double> num_frames, contacts;        // of the accepted; contacts of the positive ones
  std::map<std::string, int> ended_by;
  int positives = 0, shortest = 0, rejected = 0, planned = 0;

  int trials() const { return static_cast<int>(accepted.size()); }
  // Share of the accepted trials; nothing if there are none.
  Cell Share(int count) const { return accepted.empty() ? Cell() : Cell(static_cast<double>(count) / trials(), 2); }
};

void Count(Group& group, const Json& line) {
  group.rejected += static_cast<int>(line.at("rejected").size());
  if (line.at("label").is_null()) {
    group.unaccepted.push_back(&line);
    return;
  }
  group.accepted.push_back(&line);
  group.positives += line.at("label").get<bool>();
  group.num_frames.push_back(line.at("num_frames"));
  group.shortest += group.num_frames.back() <= kShortestTrial;
  ++group.ended_by[line.at("ended_by")];
  if (!line.at("first_contact_frame").is_null()) group.contacts.push_back(line.at("first_contact_frame"));
}

struct ScenarioData {
  std::string name;
  Group all;
  std::vector<std::pair<std::string, Group>> configs;  // in the plan's order
};

struct Data {
  Run run;
  std::vector<Json> lines;
  std::vector<ScenarioData> scenarios;                 // in the plan's order
  int incomplete_files = 0;                            // trials whose files are missing or cut short
};

Data ReadData(const fs::path& folder) {
  Data data{.run = ReadRun(folder), .lines = ReadManifests(folder)};
  try {
    LoadModels(data.run);
  } catch (const base::Error& error) {  // only the bias audit needs them
    base::LogWarning(error.what());
  }
  std::map<std::pair<std::string, std::string>, Group*> groups;
  for (const PlannedConfig& planned : data.run.plan.configs) {
    if (data.scenarios.empty() || data.scenarios.back().name != planned.config.scenario)
      data.scenarios.push_back({.name = planned.config.scenario});
    ScenarioData& scenario = data.scenarios.back();
    scenario.all.planned += planned.trials;
    scenario.configs.push_back({planned.config.name, Group{.planned = planned.trials}});
  }
  for (ScenarioData& scenario : data.scenarios)
    for (auto& [name, group] : scenario.configs) groups[{scenario.name, name}] = &group;
  for (const Json& line : data.lines) {
    const std::string name = line.at("scenario");
    const auto found = groups.find({name, line.at("config")});
    if (found == groups.end())
      throw base::Error("the manifest in '" + folder.string() + "' lists " + line.at("stimulus_name").dump() +
                        ", whose configuration is not in run.json");
    Count(*found->second, line);
    const auto is_its = [&](const ScenarioData& scenario) { return scenario.name == name; };
    Count(std::find_if(data.scenarios.begin(), data.scenarios.end(), is_its)->all, line);
    data.incomplete_files += !FilesComplete(folder, line);
  }
  if (data.lines.empty())
    throw base::Error("'" + folder.string() + "' holds no finished trial yet (0 of " +
                      std::to_string(data.run.plan.slots.size()) + ")");
  return data;
}

FrameQuantiles QuantilesOf(const std::vector<double>& values) {
  FrameQuantiles result{};
  const std::vector<double> quantiles = metrics::Quantiles(values, kQuantileShares);
  std::copy(quantiles.begin(), quantiles.end(), result.begin());
  return result;
}

double ShareWhere(const std::vector<double>& values, auto condition) {
  return static_cast<double>(std::count_if(values.begin(), values.end(), condition)) /
         static_cast<double>(values.size());
}

void AppendQuantiles(std::vector<Cell>& row, const FrameQuantiles& quantiles) {
  for (const double value : quantiles) row.push_back(std::isnan(value) ? Cell() : Cell(value, 0));
}

std::string Joined(const std::vector<std::string>& items, size_t at_most = kListed) {
  std::string text;
  for (size_t i = 0; i < std::min(items.size(), at_most); ++i) text += (i ? ", " : "") + items[i];
  return items.size() > at_most ? text + " and " + std::to_string(items.size() - at_most) + " more" : text;
}

std::string Plural(size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// --- 1. What it is

std::string Title(const Data& data) {
  return "Physion data set: " + Plural(data.lines.size(), "trial") + " of " +
         Plural(data.scenarios.size(), "scenario") +
         (data.run.replays() ? ", replayed" : ", seed " + std::to_string(data.run.settings.seed));
}

std::string ScenesText(const Run& run) {
  if (run.settings.config == kReleased) return "the released ones, replayed";
  if (run.replays()) return "of command logs, replayed";
  return run.settings.config == "all" ? "drawn anew from the configurations" : "drawn anew from " + run.settings.config;
}

// The different values of an entry of `versions`, in order of appearance.
std::string VersionsOf(const std::vector<Json>& lines, const char* key) {
  std::vector<std::string> found;
  for (const Json& line : lines) {
    const Json& value = line.at("versions").at(key);
    const std::string text = value.is_null() ? "" : value.get<std::string>();
    if (!text.empty() && std::find(found.begin(), found.end(), text) == found.end()) found.push_back(text);
  }
  return found.empty() ? "none: nothing was drawn" : Joined(found);
}

void AddMissing(HtmlPage& page, const Data& data, ReportSummary& summary) {
  std::set<int> done;
  for (const Json& line : data.lines) done.insert(line.at("slot").get<int>());
  std::vector<std::string> missing;
  for (const Slot& slot : data.run.plan.slots)
    if (!done.contains(slot.number)) missing.push_back(StimulusName(data.run.plan, slot));
  if (!missing.empty())
    summary.notes.push_back("incomplete: " + Plural(missing.size(), "trial") + " of " +
                            std::to_string(data.run.plan.slots.size()) + " planned are missing: " + Joined(missing, 8));
  if (data.incomplete_files > 0)
    summary.notes.push_back("the files of " + Plural(static_cast<size_t>(data.incomplete_files), "trial") +
                            " are missing or cut short; the numbers below are those of the manifest");
  for (const std::string& note : summary.notes) page.Warning(note);
}

void AddHeader(HtmlPage& page, const Data& data, ReportSummary& summary) {
  page.Paragraph(
      "Object-contact prediction: in each trial a model or a person sees the beginning and says whether the target "
      "will touch the zone (red and yellow in test sets). A trial is positive if it does in any frame. There are "
      "100 frames a second.");
  AddMissing(page, data, summary);
  page.Section("What it is");
  GenerateConfig settings = data.run.settings;
  const base::FieldList fields = ResultFields(&settings);
  const auto setting = [&](const char* key) { return fields.Find(key).get(); };
  page.Facts({{"trials", std::to_string(data.lines.size()) + " of " + std::to_string(data.run.plan.slots.size()) +
                             " planned, " + std::to_string(summary.accepted) + " accepted"},
              {"scenarios", Joined(ScenarioNames(settings))},
              {"scenes", ScenesText(data.run)},
              {"colours", setting("mode") + " mode"},
              {"pictures", settings.draws() ? Joined(settings.passes) + "; " + setting("size") + " x " +
                                                  setting("size") + " pixels, quality " + setting("quality")
                                            : "none"},
              {"figment", VersionsOf(data.lines, "figment")},
              {"physics", VersionsOf(data.lines, "engine")},
              {"drawn by", VersionsOf(data.lines, "gl_renderer")},
              {"CPU class", VersionsOf(data.lines, "cpu_class")}});
  std::vector<std::pair<std::string, std::string>> facts;
  for (const base::Field& field : fields.fields()) facts.emplace_back(field.Flag(), field.get());
  page.OpenDetails("all settings of the run");
  page.Facts(facts);
  page.CloseDetails();
}

// --- 2. Outcomes

files::BarChart RateChart(const Data& data) {
  files::BarChart chart{.value_name = kThis, .reference_name = kReleased, .bars = {}};
  for (const ScenarioData& scenario : data.scenarios) {
    files::Bar bar{.label = scenario.name};
    if (const ReferenceScenario* reference = FindReferenceScenario(scenario.name)) bar.reference = reference->positive;
    if (scenario.all.trials() > 0) bar.value = static_cast<double>(scenario.all.positives) / scenario.all.trials();
    chart.bars.push_back(bar);
  }
  return chart;
}

base::Table OutcomeTable(const Data& data) {
  base::Table table;
  table.columns = {"scenario", "", "trials", "positive", "151 frames", "frame cap", "frames: 10%", "25%", "50%",
                   "75%", "90%"};
  for (const ScenarioData& scenario : data.scenarios) {
    const Group& group = scenario.all;
    const auto ended = [&](const char* how) { return group.ended_by.contains(how) ? group.ended_by.at(how) : 0; };
    std::vector<Cell> ours = {scenario.name, kThis, group.trials(), group.Share(group.positives),
                              group.Share(group.shortest), group.Share(ended("cap") + ended("fixed"))};
    AppendQuantiles(ours, QuantilesOf(group.num_frames));
    table.rows.push_back(ours);
    const ReferenceScenario* reference = FindReferenceScenario(scenario.name);
    if (!reference) continue;
    std::vector<Cell> theirs = {"", kReleased, reference->trials, Cell(reference->positive, 2),
                                Cell(reference->shortest, 2), Cell(reference->capped, 2)};
    AppendQuantiles(theirs, reference->num_frames);
    table.rows.push_back(theirs);
  }
  table.notes = {"151 frames: share of trials that ended at the first moment a trial can end. Frame cap: ended by the "
                 "scenario's limit of frames (drape always has 151). The others ended when all bodies slept.",
                 "Released: the 1689 released test trials before balancing."};
  return table;
}

base::Table ConfigTable(const ScenarioData& scenario) {
  base::Table table;
  table.columns = {"configuration", "planned", "trials", "positive", "released", "released trials"};
  for (const auto& [name, group] : scenario.configs) {
    const ReferenceConfig* reference = FindReferenceConfig(name);
    table.rows.push_back({name, group.planned, group.trials(), group.Share(group.positives),
                          reference ? Cell(static_cast<double>(reference->positives) / reference->trials, 2) : Cell(),
                          reference ? Cell(reference->trials) : Cell()});
  }
  return table;
}

// Reasons differ in numbers and names; what comes before them is the kind.
std::string ReasonKind(const std::string& reason) {
  const size_t end = std::min(reason.find_first_of("0123456789:"), reason.find(" at frame"));
  std::string kind = reason.substr(0, end);
  while (kind.ends_with(' ')) kind.pop_back();
  if (kind.ends_with(" of")) kind.resize(kind.size() - 3);
  return kind.empty() ? reason : kind;
}

// A given scene is never replaced.
void AddObjections(HtmlPage& page, const Data& data) {
  page.Paragraph("The scenes are given: one whose simulation fails a check is kept and counted above, unless it "
                 "broke down.");
  base::Table table;
  table.columns = {"scenario", "trial", "kept", "objection"};
  for (const Json& line : data.lines)
    if (!line.at("accepted").get<bool>())
      table.rows.push_back({line.at("scenario").get<std::string>(), line.at("stimulus_name").get<std::string>(),
                            line.at("label").is_null() ? "no" : "yes", line.at("reject_reason").get<std::string>()});
  if (table.rows.empty()) page.Paragraph("No scene was objected to.");
  else page.Table(table);
}

void AddRejections(HtmlPage& page, const Data& data) {
  page.Subheading("Rejected scenes");
  base::Table table;
  table.columns = {"scenario", "reason", "rejected", "of candidates", "share"};
  std::vector<std::string> never;
  for (const ScenarioData& scenario : data.scenarios) {
    std::map<std::string, int> reasons;
    for (const Json& line : data.lines) {
      if (line.at("scenario") != scenario.name) continue;
      for (const Json& rejection : line.at("rejected")) ++reasons[ReasonKind(rejection.at("reason"))];
    }
    const int candidates = scenario.all.rejected + scenario.all.trials();
    for (const auto& [reason, count] : reasons)
      table.rows.push_back({scenario.name, reason, count, candidates, Cell(1.0 * count / candidates, 3)});
    for (const Json* line : scenario.all.unaccepted) {
      const std::string reason = line->at("reject_reason");
      never.push_back(line->at("stimulus_name").get<std::string>() + " (" + reason + ")");
    }
  }
  if (data.run.replays()) {
    AddObjections(page, data);
    return;
  }
  page.Paragraph("A candidate scene whose simulation fails a check is replaced by the next one of the same "
                 "configuration; the manifest keeps the reason.");
  if (table.rows.empty()) page.Paragraph("No candidate was rejected.");
  else page.Table(table);
  if (never.empty()) page.Paragraph("Every trial has an accepted scene.");
  else page.Warning("Never accepted, and so missing: " + Plural(never.size(), "trial") + ": " + Joined(never));
}

void AddOutcomes(HtmlPage& page, const Data& data) {
  page.Section("Outcomes");
  page.Figures({{BarChartSvg(RateChart(data)), "Share of positive trials"}});
  page.Table(OutcomeTable(data));
  page.Subheading("By configuration");
  page.Note("Released: a random half of the released trials of each configuration.");
  for (const ScenarioData& scenario : data.scenarios) {
    page.OpenDetails(scenario.name + ": " + Plural(scenario.configs.size(), "configuration"));
    page.Table(ConfigTable(scenario));
    page.CloseDetails();
  }
  AddRejections(page, data);
}

// --- 3. Contact times

files::HtmlFigure ContactFigure(const ScenarioData& scenario) {
  const ReferenceScenario* reference = FindReferenceScenario(scenario.name);
  // At least wide enough for the released trials and for the marks.
  const double width = std::max<double>(kLateContactFrame + 10, reference ? 1.1 * reference->first_contact[4] : 0);
  files::Histogram histogram = files::MakeHistogram(scenario.all.contacts, width, kContactBins);
  histogram.x_label = "first contact, frame";
  if (!scenario.all.contacts.empty())
    histogram.strips.push_back({kThis, QuantilesOf(scenario.all.contacts), files::Series::kFirst});
  if (reference) histogram.strips.push_back({kReleased, reference->first_contact, files::Series::kSecond});
  histogram.marks = {{kEarlyContactFrame, std::to_string(kEarlyContactFrame)},
                     {kLateContactFrame, std::to_string(kLateContactFrame)}};
  return {HistogramSvg(histogram), scenario.name + ": " + Plural(scenario.all.contacts.size(), "positive trial")};
}

base::Table ContactTable(const Data& data) {
  base::Table table;
  table.columns = {"scenario", "", "10%", "25%", "50%", "75%", "90%",
                   "by frame " + std::to_string(kEarlyContactFrame), "from frame " + std::to_string(kLateContactFrame)};
  for (const ScenarioData& scenario : data.scenarios) {
    const std::vector<double>& contacts = scenario.all.contacts;
    std::vector<Cell> ours = {scenario.name, kThis};
    AppendQuantiles(ours, QuantilesOf(contacts));
    const bool any = !contacts.empty();
    ours.push_back(any ? Cell(ShareWhere(contacts, [](double f) { return f <= kEarlyContactFrame; }), 2) : Cell());
    ours.push_back(any ? Cell(ShareWhere(contacts, [](double f) { return f >= kLateContactFrame; }), 2) : Cell());
    table.rows.push_back(ours);
    const ReferenceScenario* reference = FindReferenceScenario(scenario.name);
    if (!reference) continue;
    std::vector<Cell> theirs = {"", kReleased};
    AppendQuantiles(theirs, reference->first_contact);
    theirs.push_back(Cell(reference->early, 2));
    theirs.push_back(Cell(reference->late, 2));
    table.rows.push_back(theirs);
  }
  table.notes = {"First contact of target and zone in the positive trials. People see the first 45 frames, so an early "
                 "contact is seen, not predicted; models that are given 150 frames never see a late one."};
  return table;
}

void AddContactTimes(HtmlPage& page, const Data& data) {
  page.Section("Contact times");
  page.Note("Bars: this set. The strips above them span the 10th to the 90th percentile, the box the 25th to the 75th, "
            "the line is the median.");
  std::vector<files::HtmlFigure> figures;
  for (const ScenarioData& scenario : data.scenarios) figures.push_back(ContactFigure(scenario));
  page.Figures(figures);
  page.Table(ContactTable(data));
}

// --- 4. Trials to watch

// `count` items at even steps, the first always among them.
std::vector<const Json*> Spread(const std::vector<const Json*>& items, size_t count) {
  std::vector<const Json*> chosen;
  count = std::min(count, items.size());
  for (size_t i = 0; i < count; ++i) chosen.push_back(items[i * items.size() / count]);
  return chosen;
}

// As many positive as negative trials, or all of the rarer label, spread over the configurations.
std::vector<const Json*> TrialsToShow(const ScenarioData& scenario, size_t count, bool hdf5_has_pictures) {
  std::vector<const Json*> positives, negatives;
  for (const Json* line : scenario.all.accepted)
    if (HasPictures(*line, hdf5_has_pictures)) (line->at("label").get<bool>() ? positives : negatives).push_back(line);
  const size_t of_negatives = std::max(count / 2, count - std::min(count, positives.size()));
  std::vector<const Json*> chosen = Spread(negatives, std::min(of_negatives, count));
  const std::vector<const Json*> others = Spread(positives, count - chosen.size());
  chosen.insert(chosen.begin(), others.begin(), others.end());
  return chosen;
}

void Caption(files::FilmStrip& strip, const Json& line) {
  const bool label = line.at("label");
  strip.title = line.at("stimulus_name");
  strip.tag = label ? "contact" : "no contact";
  strip.series = label ? files::Series::kSecond : files::Series::kFirst;
  const Json& contact = line.at("first_contact_frame");
  strip.text = (contact.is_null() ? "in " : "at " + contact.dump() + " of ") + line.at("num_frames").dump();
}

void AddStrips(HtmlPage& page, const fs::path& folder, const std::vector<const Json*>& lines,
               const FilmStripOptions& options, ReportSummary& summary) {
  std::vector<files::FilmStrip> strips;
  for (const Json* line : lines) {
    try {
      strips.push_back(MakeFilmStrip(folder, *line, options));
      Caption(strips.back(), *line);
    } catch (const base::Error& error) {
      // Which file it is counts, not where the data set lies: the page must not depend on that.
      base::LogWarning(error.what());
      summary.notes.push_back("no pictures of " + line->at("stimulus_name").get<std::string>() +
                              ": its file cannot be read");
      page.Warning(summary.notes.back());
    }
  }
  summary.thumbnails += static_cast<int>(strips.size());
  if (!strips.empty()) page.FilmStrips(strips);
}

void AddPictures(HtmlPage& page, const Data& data, const ReportRequest& request, ReportSummary& summary) {
  page.Section("Trials to watch");
  const auto& passes = data.run.settings.passes;
  const bool has_color = std::find(passes.begin(), passes.end(), "img") != passes.end();
  std::vector<std::vector<const Json*>> shown;
  size_t count = 0;
  for (const ScenarioData& scenario : data.scenarios) {
    shown.push_back(TrialsToShow(scenario, static_cast<size_t>(request.thumbnails),
                                 has_color && data.run.settings.writes_hdf5()));
    count += shown.back().size();
  }
  if (count == 0) {
    page.Paragraph(request.thumbnails == 0 ? "None were asked for (--thumbnails 0)."
                                           : "This data set holds no colour pictures: it was made with --passes " +
                                                 (passes.empty() ? "none" : Joined(passes)) + ".");
    return;
  }
  page.Paragraph("Each plays in its own time, over and over; the tick on the line below it is the first contact of "
                 "target and zone. Captions count frames.");
  page.FilmSwitch();
  const FilmStripOptions options{.max_bytes = std::min(kStripBytes, kPictureBytes / count)};
  for (size_t i = 0; i < shown.size(); ++i) {
    page.Subheading(data.scenarios[i].name + ": " + FindScenario(data.scenarios[i].name).question);
    AddStrips(page, request.folder, shown[i], options, summary);
  }
}

// --- 5. Bias audit

BiasAudit Audit(const Run& run, const ScenarioData& scenario) {
  std::vector<AuditTrial> trials;
  if (!run.model_files.empty() && !run.models) {
    BiasAudit audit;
    audit.impossible = "the user's models are not where they were";
    return audit;
  }
  for (const Json* line : scenario.all.accepted)
    trials.push_back({FirstFrameFeatures(SpecOfLine(run, *line)), line->at("config"), line->at("label")});
  return AuditBias(trials, base::Rng({run.settings.seed, base::KeyOf("bias audit"), base::KeyOf(scenario.name)}));
}

std::string WithInterval(double value, const metrics::Interval& interval) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f [%.2f, %.2f]", value, interval.low, interval.high);
  return text;
}

std::vector<Cell> AuditRow(const std::string& name, const BiasAudit& audit) {
  if (!audit.impossible.empty())
    return {name, audit.trials, std::isnan(audit.majority) ? Cell() : Cell(audit.majority, 2),
            "not possible", Cell(), Cell(), Cell(), Cell(), Cell()};
  const AuditScore& score = audit.first_frame;
  const auto& fresh = audit.new_configs;
  return {name,
          audit.trials,
          Cell(audit.majority, 2),
          WithInterval(score.accuracy, score.accuracy_interval),
          WithInterval(score.auc, score.auc_interval),
          Cell(score.kappa, 2),
          fresh ? Cell(WithInterval(fresh->auc, fresh->auc_interval)) : Cell(),
          WithInterval(audit.config_name.accuracy, audit.config_name.accuracy_interval),
          WithInterval(audit.config_name.auc, audit.config_name.auc_interval)};
}

std::string WeightsText(const BiasAudit& audit) {
  std::vector<std::string> texts;
  for (const BiasAudit::Weight& weight : audit.top) {
    char number[32];
    std::snprintf(number, sizeof number, " %+.2f", weight.log_odds);
    texts.push_back(weight.feature + number);
  }
  return Joined(texts);
}

void AddAudit(HtmlPage& page, const Data& data) {
  page.Section("Bias audit");
  page.Paragraph(
      "A linear classifier that sees only how each trial starts (positions, sizes, masses, push, camera) and simulates "
      "nothing answers held-out trials with the accuracy below: what it gains over the majority rate, a model can gain "
      "without predicting any motion, so only a score above this speaks for physical prediction.");
  base::Table table, weights;
  table.columns = {"scenario", "trials", "majority", "accuracy, first frame", "AUC, first frame", "kappa",
                   "AUC, new configurations", "accuracy, config name", "AUC, config name"};
  weights.columns = {"scenario", "features", "largest weights: log odds of contact a standard deviation"};
  files::BarChart chart{.value_name = "accuracy, first frame", .reference_name = "majority", .bars = {}};
  for (const ScenarioData& scenario : data.scenarios) {
    const BiasAudit audit = Audit(data.run, scenario);
    table.rows.push_back(AuditRow(scenario.name, audit));
    files::Bar bar{.label = scenario.name};
    if (audit.impossible.empty()) {
      const metrics::Interval& interval = audit.first_frame.accuracy_interval;
      bar = {scenario.name, audit.first_frame.accuracy, audit.majority, std::pair(interval.low, interval.high)};
      weights.rows.push_back({scenario.name, audit.features, WeightsText(audit)});
    } else {
      table.notes.push_back(scenario.name + ": not possible: " + audit.impossible);
    }
    chart.bars.push_back(bar);
  }
  page.Figures({{BarChartSvg(chart), "Label told from the first frame's metadata"}});
  table.notes.push_back(
      "Logistic regression with an L2 penalty chosen by inner cross-validation, 5 folds stratified by label; in "
      "brackets 95 % bootstrap intervals over trials. New configurations: the folds keep each configuration together. "
      "Config name: the share of positives among the other trials of the configuration. With few trials all of these "
      "fall below chance, because leaving out a positive trial makes the others look more negative.");
  page.Table(table);
  if (!weights.rows.empty()) page.Table(weights);
}

}  // namespace

TrialSpec SpecOfLine(const Run& run, const Json& line) {
  const Slot& slot = run.plan.slots.at(line.at("slot").get<size_t>());
  return BuildCandidate(run, slot, line.at("attempt"));
}

ReportSummary WriteReport(const ReportRequest& request) {
  ReportSummary summary;
  summary.out = request.out.empty() ? request.folder / "report.html" : request.out;
  const Data data = ReadData(request.folder);
  files::CheckPageTarget(summary.out, kGenerator);
  summary.planned = static_cast<int>(data.run.plan.slots.size());
  summary.trials = static_cast<int>(data.lines.size());
  for (const ScenarioData& scenario : data.scenarios) summary.accepted += scenario.all.trials();

  HtmlPage page(Title(data), kGenerator);
  AddHeader(page, data, summary);
  AddOutcomes(page, data);
  AddContactTimes(page, data);
  AddPictures(page, data, request, summary);
  AddAudit(page, data);
  const std::string html = page.Finish();
  files::WritePage(summary.out, html, kGenerator);
  summary.bytes = html.size();
  return summary;
}

Json ToJson(const ReportSummary& summary) {
  return {{"out", summary.out.string()}, {"bytes", summary.bytes},           {"planned", summary.planned},
          {"trials", summary.trials},    {"accepted", summary.accepted},     {"thumbnails", summary.thumbnails},
          {"notes", summary.notes}};
}

}  // namespace figment::physion
