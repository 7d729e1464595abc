// Rooms: floor, walls, windows and light of a trial, as wide as the camera of every scenario needs.
//
// A room is centred on the origin. Walls and ceiling are boxes (few triangles: software rendering pays for each).
#pragma once

#include <string>
#include <vector>

#include "envs/scene.h"

namespace figment::physion {

// box: the reference's box_room_2018, plain walls and a wooden floor. tdw: its tdw_room, tiles and windows.
const std::vector<std::string>& RoomNames();

// Sets height, size and look of the ground, the fixtures and the light; the ground's friction stays the caller's.
// Throws base::Error for an unknown room, with the nearest.
void FurnishRoom(const std::string& room, envs::Scene& scene);

}  // namespace figment::physion
