// The groups of sub-commands. Each adds its commands to the parser and sets the action of the one that was chosen.
#pragma once

#include <functional>

#include "cli/options.h"

namespace figment::cli {

// Returns the exit status: 0, 1 (failed) or 128 + signal.
using Action = std::function<int()>;

void AddPhysion(CLI::App& app, Action* action);
void AddPhysionData(CLI::App& physion, Action* action);  // the sub-commands of `figment physion` on a data set that is there
void AddPhysionModels(CLI::App& physion, Action* action);  // `figment physion models`
void AddPong(CLI::App& app, Action* action);
void AddPongPlay(CLI::App& pong, Action* action);    // `figment pong play` and `fit`
void AddPongReport(CLI::App& pong, Action* action);  // `figment pong behavior` and `report`
void AddPongScores(CLI::App& pong, Action* action);  // `figment pong score`, `decode`, `synthetic`
void AddPongTraining(CLI::App& pong, Action* action);  // `figment pong train` and `features`
void AddRodent(CLI::App& app, Action* action);
void AddRenderModel(CLI::App& app, Action* action);
void AddView(CLI::App& app, Action* action);
void AddDoctor(CLI::App& app, Action* action);
void AddBench(CLI::App& app, Action* action);

}  // namespace figment::cli
