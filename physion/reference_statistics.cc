#include "physion/reference_statistics.h"

namespace figment::physion {

const std::vector<ReferenceScenario>& ReferenceScenarios() {
  static const std::vector<ReferenceScenario> scenarios = {
      {"dominoes", 277, 15, 0.523, 0, 1, {151, 151, 165, 204, 238}, {122, 135, 157, 184, 207}, 0.59, 0, 0.41, 0.02},
      {"support", 220, 11, 0.505, 0.15, 0.75, {169, 279, 396, 556, 602}, {106, 127, 153, 211, 321}, 0.53, 0, 0.08, 0.2},
      {"collide", 240, 24, 0.546, 0.10, 0.80, {151, 152, 152, 152, 152}, {26, 35, 56, 93, 113}, 0, 0.43, 0.13, 0.87},
      {"contain", 185, 7, 0.557, 0.36, 0.72, {206, 276, 414, 452, 452}, {61, 71, 86, 116, 159}, 0.12, 0.01, 0.02, 0.43},
      {"drop", 200, 20, 0.550, 0.30, 1, {151, 151, 160, 240, 302}, {48, 50, 56, 74, 110}, 0.06, 0.05, 0.45, 0.18},
      {"link", 185, 7, 0.497, 0.16, 0.80, {263, 331, 452, 452, 452}, {70, 86, 107, 135, 181}, 0.22, 0, 0, 0.53},
      {"roll", 182, 14, 0.527, 0.23, 0.92, {151, 151, 152, 214, 302}, {30, 41, 52, 100, 113}, 0.02, 0.35, 0.48, 0.23},
      {"drape", 200, 10, 0.605, 0.35, 0.90, {151, 151, 151, 151, 151}, {46, 48, 49, 50, 53}, 0, 0.04, 1, 1}};
  return scenarios;
}

const ReferenceScenario* FindReferenceScenario(const std::string& scenario) {
  for (const ReferenceScenario& reference : ReferenceScenarios())
    if (reference.scenario == scenario) return &reference;
  return nullptr;
}

const std::vector<ReferenceConfig>& ReferenceConfigs() {
  static const std::vector<ReferenceConfig> configs = {
      {"pilot_dominoes_0mid_d3chairs_o1plants_tdwroom", 14, 3},
      {"pilot_dominoes_1mid_J025R45_boxroom", 15, 10},
      {"pilot_dominoes_1mid_J025R45_o1full_tdwroom", 15, 9},
      {"pilot_dominoes_2mid_J020R15_d3chairs_o1plants_tdwroom", 15, 9},
      {"pilot_dominoes_2mid_J020R15_d3chairs_o1plants_tdwroom_2", 15, 9},
      {"pilot_dominoes_2mid_J025R30_tdwroom", 15, 7},
      {"pilot_dominoes_4midRM1_boxroom", 3, 0},
      {"pilot_dominoes_4midRM1_boxroom_2", 3, 0},
      {"pilot_dominoes_4midRM1_tdwroom", 4, 0},
      {"pilot_dominoes_4midRM1_tdwroom_2", 4, 0},
      {"pilot_dominoes_4mid_boxroom", 4, 4},
      {"pilot_dominoes_4mid_boxroom_2", 4, 4},
      {"pilot_dominoes_4mid_tdwroom", 3, 3},
      {"pilot_dominoes_SJ020_d3chairs_o1plants_tdwroom", 15, 7},
      {"pilot_dominoes_default_boxroom", 10, 6},
      {"pilot_towers_nb2_fr015_SJ010_mono0_dis0_occ0_tdwroom", 10, 8},
      {"pilot_towers_nb2_fr015_SJ010_mono1_dis1_occ1_tdwroom", 10, 3},
      {"pilot_towers_nb3_fr015_SJ025_mono1_dis0_occ0_tdwroom", 10, 5},
      {"pilot_towers_nb4_SJ025_mono1_dis0_occ0_tdwroom", 10, 8},
      {"pilot_towers_nb4_SJ025_mono1_dis1_occ1_boxroom", 10, 6},
      {"pilot_towers_nb4_fr015_SJ000_gr-01_mono1_dis1_occ1_boxroom", 10, 6},
      {"pilot_towers_nb4_fr015_SJ000_gr000sph_mono1_dis0_occ0_tdwroom", 10, 5},
      {"pilot_towers_nb4_fr015_SJ000_gr015sph_mono1_dis0_occ0_tdwroom", 10, 1},
      {"pilot_towers_nb4_fr015_SJ000_gr01_mono0_dis1_occ1_tdwroom", 10, 3},
      {"pilot_towers_nb4_fr015_SJ000_gr01_mono1_dis0_occ0_boxroom", 10, 4},
      {"pilot_towers_nb5_fr015_SJ030_mono0_dis0_occ0_boxroom", 10, 6},
      {"pilot_it2_collision_assorted_targets_box", 5, 1},
      {"pilot_it2_collision_assorted_targets_box_1_dis_1_occ", 5, 1},
      {"pilot_it2_collision_assorted_targets_box_2_dis_2_occ", 5, 2},
      {"pilot_it2_collision_assorted_targets_tdw_1_dis_1_occ", 5, 3},
      {"pilot_it2_collision_assorted_targets_tdw_2_dis_2_occ", 5, 3},
      {"pilot_it2_collision_non-sphere_box", 5, 2},
      {"pilot_it2_collision_non-sphere_box_1_dis_1_occ", 5, 3},
      {"pilot_it2_collision_non-sphere_box_2_dis_2_occ", 5, 3},
      {"pilot_it2_collision_non-sphere_tdw_1_dis_1_occ", 5, 4},
      {"pilot_it2_collision_non-sphere_tdw_2_dis_2_occ", 5, 3},
      {"pilot_it2_collision_simple_box", 5, 2},
      {"pilot_it2_collision_simple_box_1_dis_1_occ", 5, 3},
      {"pilot_it2_collision_simple_box_2_dis_2_occ", 5, 4},
      {"pilot_it2_collision_simple_tdw_2_dis_2_occ", 5, 3},
      {"pilot_it2_collision_tiny_ball_box", 5, 2},
      {"pilot_it2_collision_tiny_ball_box_1_dis_1_occ", 5, 5},
      {"pilot_it2_collision_tiny_ball_box_2_dis_2_occ", 5, 2},
      {"pilot_it2_collision_tiny_ball_tdw_1_dis_1_occ", 5, 2},
      {"pilot_it2_collision_tiny_ball_tdw_2_dis_2_occ", 5, 3},
      {"pilot_it2_collision_yeet_box", 5, 3},
      {"pilot_it2_collision_yeet_box_1_dis_1_occ", 5, 3},
      {"pilot_it2_collision_yeet_box_2_dis_2_occ", 5, 0},
      {"pilot_it2_collision_yeet_tdw_1_dis_1_occ", 5, 1},
      {"pilot_it2_collision_yeet_tdw_2_dis_2_occ", 5, 4},
      {"pilot-containment-bowl", 18, 6},
      {"pilot-containment-box", 12, 8},
      {"pilot-containment-cone-plate", 13, 11},
      {"pilot-containment-cylinder-bowl", 13, 9},
      {"pilot-containment-multi-bowl", 12, 7},
      {"pilot-containment-torus", 12, 5},
      {"pilot-containment-vase", 13, 4},
      {"pilot_it2_drop_all_bowls_box", 5, 2},
      {"pilot_it2_drop_all_bowls_box_1_dis_1_occ", 5, 1},
      {"pilot_it2_drop_all_bowls_box_2_dis_2_occ", 5, 2},
      {"pilot_it2_drop_all_bowls_tdw_1_dis_1_occ", 5, 3},
      {"pilot_it2_drop_all_bowls_tdw_2_dis_2_occ", 5, 1},
      {"pilot_it2_drop_sidezone_box", 5, 2},
      {"pilot_it2_drop_sidezone_box_1_dis_1_occ", 5, 4},
      {"pilot_it2_drop_sidezone_box_2_dis_2_occ", 5, 4},
      {"pilot_it2_drop_sidezone_tdw_1_dis_1_occ", 5, 3},
      {"pilot_it2_drop_sidezone_tdw_2_dis_2_occ", 5, 4},
      {"pilot_it2_drop_simple_box", 5, 1},
      {"pilot_it2_drop_simple_box_1_dis_1_occ", 5, 2},
      {"pilot_it2_drop_simple_box_2_dis_2_occ", 5, 3},
      {"pilot_it2_drop_simple_tdw_1_dis_1_occ", 5, 4},
      {"pilot_it2_drop_simple_tdw_2_dis_2_occ", 5, 2},
      {"pilot_it2_drop_sizes_box", 5, 3},
      {"pilot_it2_drop_sizes_box_1_dis_1_occ", 5, 5},
      {"pilot_it2_drop_sizes_box_2_dis_2_occ", 5, 4},
      {"pilot_it2_drop_sizes_tdw_1_dis_1_occ", 5, 3},
      {"pilot_it2_drop_sizes_tdw_2_dis_2_occ", 5, 4},
      {"pilot_linking_nl1-5_aNone_bCube_occ1_dis1_tdwroom", 13, 3},
      {"pilot_linking_nl1-6_ms03-7_aCylcap_bCyl_tdwroom", 13, 9},
      {"pilot_linking_nl1-8_mg000_aCylcap_bCyl_tdwroom", 12, 4},
      {"pilot_linking_nl1-8_ms03_aCylcap_bCyl_occ1_dis1_tdwroom", 12, 10},
      {"pilot_linking_nl2-3_mg01_aCone_bCyl_boxroom", 13, 4},
      {"pilot_linking_nl4-8_mg-005_aCyl_bCyl_occ1_dis1_tdwroom", 18, 10},
      {"pilot_linking_nl6_aCyl_bCube_occ1_dis1_boxroom", 12, 7},
      {"pilot_it2_rollingSliding_simple_collision_box", 7, 5},
      {"pilot_it2_rollingSliding_simple_collision_box_1_dis_1_occ", 7, 4},
      {"pilot_it2_rollingSliding_simple_collision_box_2_dis_2_occ", 6, 3},
      {"pilot_it2_rollingSliding_simple_collision_tdw_1_dis_1_occ", 6, 2},
      {"pilot_it2_rollingSliding_simple_collision_tdw_2_dis_2_occ", 6, 2},
      {"pilot_it2_rollingSliding_simple_ledge_box", 7, 5},
      {"pilot_it2_rollingSliding_simple_ledge_box_1_dis_1_occ", 7, 6},
      {"pilot_it2_rollingSliding_simple_ledge_box_2_dis_2_occ", 7, 4},
      {"pilot_it2_rollingSliding_simple_ledge_tdw_1_dis_1_occ", 6, 6},
      {"pilot_it2_rollingSliding_simple_ledge_tdw_2_dis_2_occ", 6, 2},
      {"pilot_it2_rollingSliding_simple_ramp_box", 7, 2},
      {"pilot_it2_rollingSliding_simple_ramp_box_1_dis_1_occ", 6, 1},
      {"pilot_it2_rollingSliding_simple_ramp_box_2_dis_2_occ", 7, 5},
      {"pilot_it2_rollingSliding_simple_ramp_tdw_1_dis_1_occ", 6, 4},
      {"test10", 10, 6},
      {"test11", 10, 7},
      {"test12", 10, 9},
      {"test13", 10, 5},
      {"test14", 10, 9},
      {"test15", 10, 4},
      {"test16", 10, 5},
      {"test17", 10, 4},
      {"test18", 10, 6},
      {"test19", 10, 3}};
  return configs;
}

const ReferenceConfig* FindReferenceConfig(const std::string& config) {
  for (const ReferenceConfig& reference : ReferenceConfigs())
    if (reference.config == config) return &reference;
  return nullptr;
}

}  // namespace figment::physion
