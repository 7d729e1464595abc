#include "rodent/touch_logic.h"

namespace figment::rodent {
namespace {

// The differences are rounded as the reference's: 0.7 s after the first touch is too soon.
bool TooSoon(double interval, const TouchRules& rules) { return interval < rules.interval_s - rules.tolerance_s; }
bool TooLate(double interval, const TouchRules& rules) { return interval > rules.interval_s + rules.tolerance_s; }

void Fail(TouchLogic& logic, TouchState how, double time) {
  logic.state = how;
  logic.second_time = time;
  logic.timed_out = 1;
}

double JudgeFirst(TouchLogic& logic, double time, const TouchRules& rules) {
  if (logic.contacts == 0) return 0;
  logic.state = TouchState::kTouchedOnce;
  logic.first_time = time;
  return rules.bonus;
}

double JudgeSecond(TouchLogic& logic, double time, const TouchRules& rules) {
  const double interval = time - logic.first_time;
  if (TooLate(interval, rules)) {
    Fail(logic, TouchState::kTooLate, time);  // even if the orb was touched in this step
    return 0;
  }
  if (logic.contacts < 2) return 0;
  if (TooSoon(interval, rules)) {
    Fail(logic, TouchState::kTooSoon, time);
    return 0;
  }
  logic.state = TouchState::kTouchedTwice;
  logic.second_time = time;
  return rules.bonus;
}

void Wait(TouchLogic& logic, double time, const TouchRules& rules) {
  if (logic.timed_out) logic.timed_out = time > logic.second_time + rules.timeout_s ? 0 : 1;
  else if (time > logic.second_time) logic.move_orb = 1;
}

}  // namespace

bool Touch(TouchLogic& logic, double time, const TouchRules& rules) {
  if (logic.contacts == 0) {
    logic.contacts = 1;
    logic.contact_time = time;
    return true;
  }
  if (logic.contacts == 2 || time <= logic.contact_time + rules.debounce_s) return false;
  logic.contacts = 2;
  return true;
}

double Judge(TouchLogic& logic, double time, const TouchRules& rules) {
  if (logic.state == TouchState::kUntouched) return JudgeFirst(logic, time, rules);
  if (logic.state == TouchState::kTouchedOnce) return JudgeSecond(logic, time, rules);
  Wait(logic, time, rules);
  return 0;
}

}  // namespace figment::rodent
