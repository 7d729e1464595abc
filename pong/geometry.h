// The frame of Mental-Pong, in its native units.
//
// The frame is 32 x 32 units, origin at the lower left, x to the right, y up. Degrees of visual angle have their origin
// in the middle: the frame is 20 x 20 degrees. Time is counted in frames of 1/24 s.
// Source: Rajalingham, Piccato & Jazayeri, Nat Commun 2022 (doi 10.1038/s41467-022-33581-6), Methods and public code.
#pragma once

namespace figment::pong {

inline constexpr double kFrameSize = 32;
inline constexpr double kMiddle = 16;             // paddle at the start of a trial
inline constexpr double kOccluderX = 24;          // left edge; the occluder reaches to the right edge
inline constexpr double kPaddleX = 32;            // interception line
inline constexpr double kReflectionRadius = 0.64; // the ball turns at this distance from a wall: 0.02 of the frame
inline constexpr double kBallRadius = 1.0;        // as drawn for networks
inline constexpr double kBallRate_hz = 24;

inline constexpr double kUnitsPerDegree = 1.6;
constexpr double DegreesOf(double position) { return (position - kMiddle) / kUnitsPerDegree; }
constexpr double PositionOf(double degrees) { return degrees * kUnitsPerDegree + kMiddle; }
constexpr double DegreesOfLength(double length) { return length / kUnitsPerDegree; }  // and of speeds

}  // namespace figment::pong
