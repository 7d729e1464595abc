#include "pong/players.h"

#include <Eigen/Dense>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/names.h"
#include "envs/array_buffers.h"
#include "pong/trial_sets.h"

namespace figment::pong {
namespace {

// The last two places where the ball was seen: where it is and how it moves.
class Eye {
 public:
  void Look(const GameView& view) {
    if (view.ball_visible < 1) return;
    if (seen_ > 0) dx_ = view.ball_x - x_, dy_ = view.ball_y - y_;
    x_ = view.ball_x, y_ = view.ball_y;
    ++seen_;
  }
  bool knows_motion() const { return seen_ > 1 && dx_ > 0; }
  double y() const { return seen_ > 0 ? y_ : kMiddle; }
  // Height on the paddle's line if the motion goes on without walls.
  double Straight() const { return knows_motion() ? y_ + dy_ * (kPaddleX - x_) / dx_ : y(); }

 private:
  int seen_ = 0;
  double x_ = 0, y_ = 0, dx_ = 0, dy_ = 0;
};

double Folded(double y) {
  constexpr double kLow = kReflectionRadius, kHigh = kFrameSize - kReflectionRadius, kLap = 2 * (kHigh - kLow);
  const double rest = std::fmod(std::fmod(y - kLow, kLap) + kLap, kLap);
  return kLow + (rest <= kLap / 2 ? rest : kLap - rest);
}

// Goes to a height that is known when the trial begins.
class Fixed : public Player {
 public:
  using Rule = std::function<double(const PlayerTrial&)>;
  explicit Fixed(Rule rule) : rule_(std::move(rule)) {}
  void Begin(const PlayerTrial& trial) override { target_ = rule_(trial); }
  double Target(const GameView&) override { return target_; }

 private:
  Rule rule_;
  double target_ = kMiddle;
};

// Goes to a height that follows from what was seen.
class Watching : public Player {
 public:
  using Rule = std::function<double(const Eye&)>;
  explicit Watching(Rule rule) : rule_(std::move(rule)) {}
  void Begin(const PlayerTrial&) override { eye_ = {}; }
  double Target(const GameView& view) override {
    eye_.Look(view);
    return rule_(eye_);
  }

 private:
  Rule rule_;
  Eye eye_;
};

// Extrapolates with walls while the ball is seen; then goes where one noisy simulation ends.
class Noisy : public Player {
 public:
  explicit Noisy(const NoisySimulator& model) : model_(model) {}
  void Begin(const PlayerTrial& trial) override {
    eye_ = {};
    base::Rng rng = trial.rng;
    answer_ = Simulate(model_, *trial.condition, rng);
  }
  double Target(const GameView& view) override {
    eye_.Look(view);
    return view.ball_visible < 1 ? answer_ : Folded(eye_.Straight());
  }

 private:
  NoisySimulator model_;
  Eye eye_;
  double answer_ = kMiddle;
};

// y_f from x0, y0, dx, dy by least squares over train conditions: an end point without simulation.
double RegressedEnd(const Condition& condition) {
  constexpr Eigen::Index kFeatures = 5;
  const auto features = [](const Condition& c) {
    return Eigen::Vector<double, kFeatures>(1, c.x0, c.y0, c.dx, c.dy);
  };
  static const Eigen::Vector<double, kFeatures> weights = [&] {
    constexpr size_t kConditions = 20000;
    Eigen::Matrix<double, kFeatures, kFeatures> gram = Eigen::Matrix<double, kFeatures, kFeatures>::Zero();
    Eigen::Vector<double, kFeatures> moments = Eigen::Vector<double, kFeatures>::Zero();
    for (const int index : SetIndices("train").first(kConditions)) {
      const Condition& c = TrialSet()[static_cast<size_t>(index)];
      const auto x = features(c);
      gram += x * x.transpose();
      moments += x * c.y_f;
    }
    return Eigen::Vector<double, kFeatures>(gram.ldlt().solve(moments));
  }();
  return std::clamp(weights.dot(features(condition)), 0.0, kFrameSize);
}

template <class Rule>
PlayerEntry FixedEntry(const std::string& name, const std::string& what, Rule rule) {
  return {name, what, [rule](const PlayerOptions&) { return std::make_unique<Fixed>(rule); }};
}
template <class Rule>
PlayerEntry WatchingEntry(const std::string& name, const std::string& what, Rule rule) {
  return {name, what, [rule](const PlayerOptions&) { return std::make_unique<Watching>(rule); }};
}

}  // namespace

const std::vector<PlayerEntry>& Players() {
  static const std::vector<PlayerEntry> players = {
      FixedEntry("centre", "never moves", [](const PlayerTrial&) { return kMiddle; }),
      FixedEntry("start_height", "goes to the ball's first height",
                 [](const PlayerTrial& t) { return t.condition->y0; }),
      WatchingEntry("last_seen", "follows the ball's height, stays where it was last seen",
                    [](const Eye& eye) { return eye.y(); }),
      FixedEntry("regression", "end point by linear regression on start and velocity, no simulation",
                 [](const PlayerTrial& t) { return RegressedEnd(*t.condition); }),
      WatchingEntry("straight", "extrapolates the motion last seen, without walls",
                    [](const Eye& eye) { return std::clamp(eye.Straight(), 0.0, kFrameSize); }),
      WatchingEntry("straight_walls", "extrapolates the motion last seen, mirrored at the walls",
                    [](const Eye& eye) { return Folded(eye.Straight()); }),
      FixedEntry("exact", "simulates the published motion from the start",
                 [](const PlayerTrial& t) {
                   const Track track = MakeTrack(*t.condition);
                   return track.y[static_cast<size_t>(*track.t_end)];
                 }),
      {"noisy", "simulates with noise while the ball is hidden, drawn towards the middle",
       [](const PlayerOptions& options) { return std::make_unique<Noisy>(options.noisy); }}};
  return players;
}

std::unique_ptr<Player> MakePlayer(const std::string& name, const PlayerOptions& options) {
  return base::FindNamed("player", name, Players()).make(options);
}

base::Table PlayerTable() {
  base::Table table = {.title = "Players", .columns = {"name", "what"}};
  for (const PlayerEntry& player : Players()) table.rows.push_back({player.name, player.what});
  return table;
}

Move MoveTowards(double target, double paddle_y, double step_units) {
  const double distance = target - paddle_y;
  if (std::abs(distance) <= step_units / 2) return Move::kStop;
  return distance > 0 ? Move::kUp : Move::kDown;
}

Played Play(const PlayRequest& request) {
  const std::unique_ptr<Player> player = MakePlayer(request.player, request.options);
  GameConfig config = request.game;
  config.control = Control::kThreeState;
  Game game(config);
  const envs::ArrayBuffers buffers(game.spec(), 1);
  int32_t& move = buffers.Array<int32_t>(envs::Section::kActions, "move")[0];
  Played played{.subject = {.name = request.player}};
  for (const int index : request.indices) {
    const Condition& condition = TrialSet()[static_cast<size_t>(Select({.indices = {index}}).front())];
    for (int trial = 0; trial < request.trials; ++trial) {
      const base::Rng rng({request.seed, base::KeyOf("player"), static_cast<uint64_t>(index),
                           static_cast<uint64_t>(trial)});
      player->Begin({&condition, rng});
      game.Reset(base::Rng(rng).Next64(), {{"index", static_cast<double>(index)}}, buffers.OutputOf(0));
      while (game.running()) {
        const GameView view = game.View();
        move = static_cast<int32_t>(MoveTowards(player->Target(view), view.paddle_y, game.step_units()));
        game.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
      }
      played.records.push_back(game.Record());
      played.subject.answers.push_back({index, played.records.back().paddle_y.back(), condition.y_f});
    }
  }
  return played;
}

std::string PlayedCsv(const Played& played, int trials) {
  std::string text = "subject,condition,paddle_y,y_f,trial,error_deg,success\n";
  const auto number = [](double value) {
    char digits[32];
    return std::string(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
  };
  for (size_t i = 0; i < played.records.size(); ++i) {
    const Answer& answer = played.subject.answers[i];
    const GameRecord& record = played.records[i];
    text += played.subject.name + "," + std::to_string(answer.condition) + "," + number(answer.paddle_y) + "," +
            number(answer.ball_y) + "," + std::to_string(i % static_cast<size_t>(trials)) + "," +
            number(*record.error_deg) + "," + (record.success ? "1" : "0") + "\n";
  }
  return text;
}

}  // namespace figment::pong
