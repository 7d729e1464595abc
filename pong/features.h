// Features of a model, and of the ball itself, at the bins of the recordings.
//
// A feature file (HDF5, NPZ, or a bare .npy) holds `features` [conditions, frames, D], NaN past the end of a condition;
// `condition_index` [conditions], the meta index of each row; and `header`, a JSON text whose `dt_ms` is the time of a
// frame. Frame 0 begins with the ball's motion. Without `condition_index` there must be 79 rows in the published order.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "pong/dmfc.h"
#include "pong/frame_array.h"

namespace figment::pong {

struct Features {
  FrameArray array;        // 79 conditions in the published order
  double dt_ms = 0;        // of a frame
  std::string name;
  std::string header;      // JSON, as in the file; "" if it has none
  std::string file, sha256;
};

// `dt_ms` is needed where the file does not say it, and must agree with what it says. Throws base::Error: unreadable,
// another shape, conditions missing (which), another number of rows, no dt_ms.
Features ReadFeatures(const std::filesystem::path& path, std::optional<double> dt_ms = std::nullopt);

// Rows of every score: one bin of one condition each.
struct BinRows {
  std::vector<int> condition;  // 0..78
  std::vector<int> bin;        // 0..99
  int size() const { return static_cast<int>(bin.size()); }
};
BinRows RowsOf(const std::vector<uint8_t>& mask);

// Features brought down to 50-ms bins: [rows, D]. A bin takes the mean of the frames it overlaps, weighted by the time
// they share; frame k lasts from k dt to (k + 1) dt. Throws base::Error naming condition and bin where less than half
// of a bin is covered by finite frames, and where frames are longer than a bin (features are never brought up).
Eigen::MatrixXd AtBins(const Features& features, const BinRows& rows);
// The same of one bin; nothing where less than half of it is covered.
std::optional<Eigen::RowVectorXd> AtBin(const Features& features, int condition, int bin);

// The true state as features, in native units a frame of 1/24 s: what an oracle knows. `what` is a list of
// "position" (x, y), "velocity" (dx, dy) and "endpoint" (y_f).
Features OracleFeatures(std::span<const std::string> what);

// Rates of units at the rows: [rows, units].
Eigen::MatrixXd AtRows(const Responses& responses, const std::vector<float>& rates, const BinRows& rows);

}  // namespace figment::pong
