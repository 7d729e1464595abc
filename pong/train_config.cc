#include "base/error.h"
#include "base/names.h"
#include "pong/train.h"

namespace figment::pong {

base::FieldList FieldsOf(TrainConfig* c) {
  base::FieldList fields;
  fields.Add("family", &c->family, "what the loss counts: the endpoint (mov), and the ball where it is seen (vis), always (sim), or both apart")
      .Choices(base::NamesOf(Families()));
  fields.Add("cell", &c->cell, "recurrent cell; gru-tf has its reset gate where the published networks had it").Choices(base::NamesOf(agents::CellLayouts()));
  fields.Add("units", &c->units, "recurrent units").Range(1, 4096);
  fields.AddEnum("input", &c->input.kind, InputKinds(), "what the network sees of a frame");
  fields.AddEnum("input_fit", &c->input.fit, InputFits(), "frames that the input's components are fitted to; valid-batch is as published");
  fields.Add("components", &c->input.components, "components of the input").Range(1, 1024);
  fields.Add("whiten", &c->input.whiten, "divide every component by its standard deviation");
  fields.Add("fit_conditions", &c->input.fit_conditions, "at most this many conditions to fit components to; 0 = all of them").AtLeast(0);
  fields.AddEnum<PenaltyKind>("penalty", &c->loss.penalty, {{"none", PenaltyKind::kNone}, {"l1", PenaltyKind::kL1}, {"l2", PenaltyKind::kL2}},
                              "on the readout's weights");
  fields.Add("penalty_weight", &c->loss.penalty_weight, "weight of the penalty; published: 0.01, 0.1").AtLeast(0);
  fields.AddEnum<PenaltyMode>("penalty_mode", &c->loss.mode, {{"constant", PenaltyMode::kConstant}, {"active", PenaltyMode::kActive}},
                              "constant: of the initial weights, without gradient, as released; active: of the weights");
  fields.AddEnum<TimeMean>("time_mean", &c->time_mean, {{"all", TimeMean::kAll}, {"supervised", TimeMean::kSupervised}},
                           "mean of a channel's errors over all 90 frames, as published, or over those that count");
  fields.Add("activity", &c->loss.activity, "simple dynamics: weight of the norm of the states; published: 0.5, 1").AtLeast(0);
  fields.Add("change", &c->loss.change, "simple dynamics: weight of the norm of the states' changes; published: 1").AtLeast(0);
  fields.Add("relative_change", &c->loss.relative_change, "simple dynamics: weight of the second norm over the first; published: 0.5, 1").AtLeast(0);
  fields.Add("output_scale", &c->output_scale, "the readout is multiplied by this").Range(1e-3, 1e3);
  fields.Add("output_offset", &c->output_offset, "and has this added").Range(-1000, 1000);
  fields.Add("train_conditions", &c->train_conditions, "conditions of a pass: the first of the train split").Range(1, 425002);
  fields.Add("batch_size", &c->batch_size, "conditions of a step").Range(1, 65536);
  fields.Add("shuffle", &c->shuffle, "draw a new order of the conditions for each pass");
  fields.AddEnum<bool>("schedule", &c->cosine, {{"adaptive", false}, {"cosine", true}},
                       "of the learning rate: adapted to the loss after each pass, as published, or half a cosine");
  fields.Add("rate", &c->rate, "learning rate: at the start (adaptive) or at most (cosine)").Range(1e-9, 100);
  fields.Add("warm_up", &c->warm_up, "cosine: part of all steps in which the rate rises").Range(0, 1);
  fields.Add("epsilon", &c->epsilon, "Adam's epsilon").Range(1e-12, 1);
  fields.AddEnum<bool>("epsilon_form", &c->epsilon_before_correction, {{"tensorflow", true}, {"torch", false}},
                       "whether Adam's epsilon is added before (tensorflow) or after the second moment's bias is corrected");
  fields.AddEnum<bool>("clip", &c->adaptive_clip, {{"adaptive", true}, {"fixed", false}},
                       "limit of the gradient's norm: the 95th percentile of the last 128 passes, as published, or fixed_clip");
  fields.Add("fixed_clip", &c->fixed_clip, "a fixed limit; 0 = none").AtLeast(0);
  fields.Add("passes", &c->passes, "passes over the conditions; published: 100 to 1000").Range(1, 1e6);
  fields.Add("seed", &c->seed, "of initial weights and order");
  return fields;
}

void CheckConfig(const TrainConfig& config) {
  if (config.batch_size > config.train_conditions)
    throw base::UsageError("batch_size " + std::to_string(config.batch_size) + " is larger than train_conditions " +
                           std::to_string(config.train_conditions));
  if (config.loss.penalty != PenaltyKind::kNone && config.loss.penalty_weight == 0)
    throw base::UsageError("a penalty needs a penalty_weight (published: 0.01 or 0.1)");
  if (config.loss.penalty == PenaltyKind::kNone && config.loss.penalty_weight != 0)
    throw base::UsageError("penalty_weight is given, but penalty is none: expected --penalty l1 or l2");
}

base::FieldList FieldsOf(RunConfig* c) {
  base::FieldList fields;
  fields.Add("threads", &c->threads, "threads; 0 = one a CPU").Range(0, 1024);
  fields.Add("evaluate_every", &c->evaluate_every, "passes between two tests on the 200 evaluation conditions").AtLeast(1);
  fields.Add("checkpoint_every_s", &c->checkpoint_every_s, "seconds between two checkpoints").AtLeast(0);
  return fields;
}

const std::vector<std::string>& TrainPresets() {
  static const std::vector<std::string> presets = {"default", "published", "quick"};
  return presets;
}

void ApplyPreset(const std::string& name, TrainConfig* c) {
  if (name == "published") {
    c->input.fit = InputFit::kValidBatch;
  } else if (name == "quick") {
    c->input.whiten = true;
    c->output_scale = 16, c->output_offset = kMiddle;
    c->train_conditions = 51200, c->batch_size = 256, c->shuffle = true;
    c->cosine = true, c->rate = 0.01;
    c->epsilon = 1e-8, c->epsilon_before_correction = false;
    c->adaptive_clip = false, c->fixed_clip = 1;
    c->passes = 10;
  } else if (name != "default") {
    throw base::UnknownName("preset", name, TrainPresets());
  }
}

}  // namespace figment::pong
