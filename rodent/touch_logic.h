// The rules of two touch: tap the orb, wait, tap it again at the right time.
//
//   after each physics step with a hand on the orb   Touch(time)
//   after each control step                          bonus = Judge(time)
//   before a control step, if move_orb               put it elsewhere, start with a new TouchLogic
//
// The orb shows its first contact, and a second one if it is touched still or again more than the debounce later; the
// interval is counted between the control steps that saw them. A hand at rest on the orb is a second touch too soon.
// Times in seconds of the simulation; written so that every rounding equals the reference's.
// Source: dm_control 1.0.50, locomotion/tasks/reach.py, locomotion/props/target_sphere.py.
#pragma once

#include <cstdint>

namespace figment::rodent {

struct TouchRules {
  double interval_s = 0.8, tolerance_s = 0.1;  // between the touches
  double debounce_s = 0.2;
  double timeout_s = 1.2;  // after a failure, until the orb moves
  double bonus = 25;       // for the first touch, and for the second at the right time
};

enum class TouchState : int32_t { kUntouched, kTouchedOnce, kTouchedTwice, kTooSoon, kTooLate };

struct TouchLogic {
  TouchState state = TouchState::kUntouched;
  int32_t contacts = 0;         // that the orb has shown: 0, 1, 2; also its colour
  int32_t timed_out = 0;        // waiting after a failure
  int32_t move_orb = 0;
  double contact_time = 0;      // of the first contact
  double first_time = 0, second_time = 0;  // as judged
};

// True if the orb changes its colour.
bool Touch(TouchLogic& logic, double time, const TouchRules& rules = {});

// The bonus of this control step.
double Judge(TouchLogic& logic, double time, const TouchRules& rules = {});

}  // namespace figment::rodent
