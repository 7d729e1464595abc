// The paddle of the animals whose neurons were recorded, as answers to the 79 conditions.
#pragma once

#include "pong/behavior.h"
#include "pong/dmfc.h"

namespace figment::pong {

// From `behavioral_responses/occ/paddle_pos_y` of a DMFC file (degrees, means over trials): its value in the last bin of
// each trial. One answer a condition, so that nothing can be corrected for the animals' own noise. The responses are of
// one file (CHECKed), because each has its own paddle; the subject is called like its animal if that is one and known, else like the file.
// Throws base::Error if the file holds no such array or it is not finite there.
Subject RecordedAnswers(const Responses& responses);

}  // namespace figment::pong
