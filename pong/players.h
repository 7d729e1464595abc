// Players: rules that move the paddle, from holding still to exact simulation. All play through the game's paddle with
// its speed limit and its three states; what they may know is in PlayerTrial and in what the game shows.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/table.h"
#include "pong/behavior.h"
#include "pong/game.h"
#include "pong/noisy_simulator.h"

namespace figment::pong {

struct PlayerTrial {
  const Condition* condition;  // for those that know how the world moves
  base::Rng rng;
};

class Player {
 public:
  virtual ~Player() = default;
  virtual void Begin(const PlayerTrial& trial) = 0;
  // The height the paddle should go to, in units. Called once a step, before it.
  virtual double Target(const GameView& view) = 0;
};

struct PlayerOptions {
  NoisySimulator noisy;
};
struct PlayerEntry {
  std::string name, what;
  std::function<std::unique_ptr<Player>(const PlayerOptions&)> make;
};
// centre, start_height, last_seen, regression, straight, straight_walls, exact, noisy.
const std::vector<PlayerEntry>& Players();
std::unique_ptr<Player> MakePlayer(const std::string& name, const PlayerOptions& options = {});  // throws base::Error
base::Table PlayerTable();

// Down, stop or up: what brings the paddle nearest to the target in one step.
Move MoveTowards(double target, double paddle_y, double step_units);

struct PlayRequest {
  std::string player;
  std::vector<int> indices;  // conditions
  int trials = 1;            // of each
  uint64_t seed = 0;
  GameConfig game = {.occlusion = Occlusion::kOpaque};
  PlayerOptions options;
};
struct Played {
  Subject subject;                // one answer a trial
  std::vector<GameRecord> records;
};
Played Play(const PlayRequest& request);

// subject,condition,paddle_y,y_f,trial,error_deg,success; ReadSubjects (pong/behavior.h) reads it.
std::string PlayedCsv(const Played& played, int trials);

}  // namespace figment::pong
