// Physion v1.5, as neuroailab/physion_evaluator reads it:
//
//   OUT/physion_mp4s/{train,test}/*.mp4   100 frames a second, one a state
//   OUT/physion_mp4s/{train,test}/all_video_labels.json
//       {file name up to its first dot: {label, contact_frame_label}}
//
// That reader takes a movie's scenario from words in its whole path, knows no drape, and skips 41 released stimuli of
// the test set by name. A file's name is the stimulus name followed by `_img`, which is on no such list, after changes
// that make its words right.
#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "files/atomic.h"
#include "files/movie.h"
#include "physion/export_layouts.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr double kStatesPerSecond = 100;
// The reader downloads the released clips into the folder unless it finds these numbers of movies.
constexpr size_t kReleasedTrain = 5608, kReleasedTest = 1035;

struct ScenarioWord {
  const char* scenario;
  const char* word;
};
constexpr std::array<ScenarioWord, 7> kWords = {{{"collide", "collision"}, {"drop", "drop"}, {"support", "towers"},
                                                {"link", "link"}, {"roll", "roll"}, {"contain", "contain"},
                                                {"dominoes", "dominoes"}}};

// Empty for drape.
std::string WordOf(const std::string& scenario) {
  for (const ScenarioWord& entry : kWords)
    if (entry.scenario == scenario) return entry.word;
  return "";
}

bool Contains(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

// The words that count in a path: every one in it, but "collision" only without "roll".
std::vector<std::string> WordsIn(const std::string& path) {
  std::vector<std::string> words;
  for (const auto& [scenario, word] : kWords)
    if (Contains(path, word) && (std::string("collision") != word || !Contains(path, "roll"))) words.push_back(word);
  return words;
}

// Words of other scenarios are written in capitals, which the reader does not know; a missing word comes before the
// name; dots, which end the key of the labels, become hyphens.
std::string FileStem(const ExportTrial& trial) {
  const std::string own = WordOf(trial.scenario());
  std::string name = trial.name();
  std::replace(name.begin(), name.end(), '.', '-');
  for (const auto& [scenario, text] : kWords) {
    const std::string word = text;
    if (word == own || (word == "collision" && own == "roll")) continue;
    for (size_t at = name.find(word); at != std::string::npos; at = name.find(word))
      for (size_t i = at; i < at + word.size(); ++i) name[i] = static_cast<char>(std::toupper(name[i]));
  }
  if (!Contains(name, own)) name = own + "_" + name;
  CHECK(WordsIn(name) == std::vector<std::string>{own});
  return name + "_img";
}

void RequireFreeOfWords(const fs::path& out) {
  for (const auto& [scenario, word] : kWords)
    if (Contains(out.string(), word))
      throw base::Error("--out '" + out.string() + "' contains '" + word + "', which the readers of layout v1.5 take "
                        "for the scenario of every movie in it; choose a path without the words collision, drop, "
                        "towers, link, roll, contain, dominoes");
}

void RequireDifferentStems(const ExportPart& part) {
  std::set<std::string> stems;
  for (const ExportTrial& trial : part.trials)
    if (!stems.insert(FileStem(trial)).second)
      throw base::Error("two trials would become the same file '" + FileStem(trial) + ".mp4'; one is " + trial.name());
}

std::vector<std::string> NotesOfPart(const ExportPart& part) {
  std::vector<std::string> notes;
  std::string absent;
  for (const auto& [scenario, counts] : part.counts)
    if (counts.left_out > 0)
      notes.push_back(part.name + ": " + std::to_string(counts.left_out) + " trials of " + scenario +
                      " are left out, which the readers of layout v1.5 do not know");
  for (const auto& [scenario, word] : kWords) {
    const std::string name = scenario;
    const auto is_here = [&](const ExportTrial& trial) { return trial.scenario() == name; };
    if (std::none_of(part.trials.begin(), part.trials.end(), is_here)) absent += (absent.empty() ? "" : ", ") + name;
  }
  if (!absent.empty() && part.name == "test")
    notes.push_back("test: no trials of " + absent + "; the evaluator's score is a mean over all seven scenarios");
  const size_t released = part.name == "train" ? kReleasedTrain : kReleasedTest;
  if (part.trials.size() != released)
    notes.push_back(part.name + ": the evaluator's extract_features downloads the released clips into its data folder "
                                "unless it finds " + std::to_string(released) + " movies here; there are " +
                    std::to_string(part.trials.size()));
  return notes;
}

std::vector<std::string> Check(const ExportRequest& request, std::span<const ExportPart> parts) {
  RequireFreeOfWords(request.out);
  std::vector<std::string> notes;
  const fs::path absolute = fs::absolute(request.out);
  if (const auto words = WordsIn(absolute.string()); !words.empty())
    notes.push_back("'" + absolute.string() + "' contains '" + words.front() +
                    "': give readers of layout v1.5 the relative path, or move the folder");
  for (const ExportPart& part : parts) {
    RequireFile(part, "_img.mp4", "v1.5", "--movies on and img among its --passes");
    RequireDifferentStems(part);
    for (std::string& note : NotesOfPart(part)) notes.push_back(std::move(note));
  }
  return notes;
}

void WriteMovie(const ExportPart& part, const ExportTrial& trial, const fs::path& target) {
  const fs::path source = part.SourceOf(trial, "_img.mp4");
  files::AtomicFile file(target);
  files::CopyMovieAtRate(source, file.temporary(), kStatesPerSecond);
  const int64_t frames = files::ProbeMovie(file.temporary()).num_frames;
  if (frames != trial.line.at("num_frames"))
    throw base::Error("'" + source.string() + "' has " + std::to_string(frames) + " frames and its trial " +
                      trial.line.at("num_frames").dump() + "; `figment physion verify` tells more");
  file.Commit();
}

// The frame of the first contact, or the middle of the trial.
int ContactFrameLabel(const Json& line) {
  if (!line.at("first_contact_frame").is_null()) return line.at("first_contact_frame");
  return line.at("num_frames").get<int>() / 2;
}

void Write(const ExportRequest& request, const ExportPart& part, base::Progress& progress) {
  const fs::path folder = request.out / "physion_mp4s" / part.name;
  fs::create_directories(folder);
  Json labels = Json::object();
  for (const ExportTrial& trial : part.trials) {
    const std::string stem = FileStem(trial);
    WriteMovie(part, trial, folder / (stem + ".mp4"));
    labels[stem] = {{"label", trial.label()}, {"contact_frame_label", ContactFrameLabel(trial.line)}};
    progress.Advance();
  }
  files::WriteFileAtomically(folder / "all_video_labels.json", labels.dump(1) + "\n");
}

}  // namespace

Layout LayoutV15() {
  return {.name = "v1.5",
          .takes = [](const std::string& scenario) { return !WordOf(scenario).empty(); },
          .check = Check,
          .write = Write};
}

}  // namespace figment::physion
