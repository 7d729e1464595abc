#include "rodent/touch_logic.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "tests/rodent/fixture.h"

namespace figment::rodent {
namespace {

using Contacts = std::vector<std::pair<double, double>>;  // [s]
using Row = std::array<double, 5>;  // control step, state, bonus, whether the orb is moved next, contacts shown

// Plays intervals of contact as the environment would, with its clock. Steps like the one before are left out.
std::vector<Row> Play(const Contacts& contacts, int steps) {
  std::vector<Row> rows;
  TouchLogic logic;
  double time = 0;
  for (int step = 0; step < steps; ++step) {
    if (logic.move_orb) logic = {};
    for (int i = 0; i < 20; ++i) {
      time += 0.001;
      for (const auto& [begin, end] : contacts)
        if (begin <= time && time <= end) {
          Touch(logic, time);
          break;
        }
    }
    const double bonus = Judge(logic, time);
    const Row row = {static_cast<double>(step), static_cast<double>(logic.state), bonus,
                     static_cast<double>(logic.move_orb), static_cast<double>(logic.contacts)};
    if (rows.empty() || !std::equal(row.begin() + 1, row.end(), rows.back().begin() + 1)) rows.push_back(row);
  }
  return rows;
}

TEST(RodentTouchLogic, EqualsDmControls) {
  const nlohmann::json fixture = Fixture("touches");
  ASSERT_GE(fixture.size(), 20u);
  for (const auto& c : fixture) {
    const auto rows = Play(c.at("contacts").get<Contacts>(), 200);
    EXPECT_EQ(rows, c.at("steps").get<std::vector<Row>>()) << c.at("name");
  }
}

// Judged at 0.1 s steps: the first touch at 0.1, the second after an interval.
TouchState After(double interval) {
  TouchLogic logic;
  Touch(logic, 0.1);
  EXPECT_EQ(Judge(logic, 0.1), 25);
  EXPECT_EQ(logic.state, TouchState::kTouchedOnce);
  EXPECT_TRUE(Touch(logic, 0.1 + interval));
  const double bonus = Judge(logic, 0.1 + interval);
  EXPECT_EQ(bonus, logic.state == TouchState::kTouchedTwice ? 25 : 0);
  return logic.state;
}

TEST(RodentTouchLogic, Intervals) {
  EXPECT_EQ(After(0.3), TouchState::kTooSoon);
  EXPECT_EQ(After(0.69), TouchState::kTooSoon);
  EXPECT_EQ(After(0.71), TouchState::kTouchedTwice);
  EXPECT_EQ(After(0.8), TouchState::kTouchedTwice);
  EXPECT_EQ(After(0.88), TouchState::kTouchedTwice);
  EXPECT_EQ(After(0.92), TouchState::kTooLate);
}

TEST(RodentTouchLogic, RestingHandIsASecondTouchAfterTheDebounce) {
  TouchLogic logic;
  EXPECT_TRUE(Touch(logic, 1));
  EXPECT_FALSE(Touch(logic, 1.2));
  EXPECT_EQ(logic.contacts, 1);
  EXPECT_TRUE(Touch(logic, 1.201));
  EXPECT_EQ(logic.contacts, 2);
  EXPECT_FALSE(Touch(logic, 1.5));
}

}  // namespace
}  // namespace figment::rodent
