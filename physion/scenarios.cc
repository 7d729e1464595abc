#include "base/names.h"
#include "physion/collide.h"
#include "physion/contain.h"
#include "physion/dominoes.h"
#include "physion/drape.h"
#include "physion/drop.h"
#include "physion/link.h"
#include "physion/roll.h"
#include "physion/scenario.h"
#include "physion/support.h"

namespace figment::physion {

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> scenarios = {
      {"dominoes", "dominoes_pilot", "does the chain reach the mat?", true, BuildDominoes},
      {"support", "towers", "does the struck tower shed its top onto the mat?", true, BuildSupport},
      {"collide", "collision", "does the struck object reach the mat?", true, BuildCollide},
      {"contain", "containment", "does the object leave its container for the mat?", true, BuildContain},
      {"drop", "drop", "does the dropped object end on the mat?", true, BuildDrop},
      {"link", "linking", "does the ring come off its pole onto the mat?", true, BuildLink},
      {"roll", "rollingsliding", "does it roll off the ramp or over the ledge to the mat?", true, BuildRoll},
      {"drape", "clothiness", "does the cloth touch the object below?", false, BuildDrape}};
  return scenarios;
}

const Scenario& FindScenario(const std::string& name) {
  for (const Scenario& scenario : Scenarios())
    if (scenario.old_name == name) return scenario;
  // Further names of the reference's folders and tools.
  if (name == "rollslide") return FindScenario("roll");
  if (name == "cloth") return FindScenario("drape");
  return base::FindNamed("scenario", name, Scenarios());
}

}  // namespace figment::physion
