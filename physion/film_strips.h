// Film strips of trials for report pages: pictures at even steps through a trial, small, side by side in one JPEG.
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "files/html.h"

namespace figment::physion {

struct FilmStripOptions {
  int frames = 20;
  int size_px = 144;             // largest side of a picture; smaller ones stay as they are
  size_t max_bytes = 100'000;    // of the JPEG: above, its quality is lowered, then pictures are left out
};

// Whether the trial's files (of its manifest line) hold colour pictures: a movie, or an HDF5 file with them.
bool HasPictures(const nlohmann::ordered_json& line, bool hdf5_has_pictures);

// Plays in the trial's own time. Sets everything but the caption. Throws base::Error if the files cannot be read.
files::FilmStrip MakeFilmStrip(const std::filesystem::path& folder, const nlohmann::ordered_json& line,
                               const FilmStripOptions& options);

}  // namespace figment::physion
