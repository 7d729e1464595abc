// Movies: H.264 in an MP4 file, yuv420p (BT.601), which every player and reader of clips takes; and a reader.
//
// The bytes depend on the pictures, the options and the installed x264 only: no times, no names, one encoder thread
// unless told otherwise. H.264 with halved chroma needs even sizes: an odd width or height is made even by repeating
// the last column or row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "files/rgb_picture.h"

namespace figment::files {

struct MovieOptions {
  int crf = 25;                     // constant rate factor: 0 lossless to 51; the reference's value is 25
  std::string preset = "veryfast";  // of x264
  int threads = 1;
};

// Writes under the given name; use an AtomicFile around it. Errors (no x264, disk full, not writable) name the file.
class MovieWriter {
 public:
  MovieWriter(const std::filesystem::path& path, int width, int height, double fps, const MovieOptions& options = {});
  ~MovieWriter();  // without Close the file is unfinished
  MovieWriter(const MovieWriter&) = delete;
  MovieWriter& operator=(const MovieWriter&) = delete;

  void Add(const uint8_t* rgb);  // [height, width, 3]
  void Close();                  // encodes what is pending and ends the file

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

struct MovieInfo {
  int width = 0, height = 0;
  int64_t num_frames = 0;
  double fps = 0;
};

// Reads every frame's packet, without decoding it. Throws Error if the file is missing, truncated or no movie.
MovieInfo ProbeMovie(const std::filesystem::path& path);

// Copies a movie of constant rate so that it plays at `fps`: the same coded frames in the same order at other times;
// nothing is encoded again. Returns the number of frames. Throws Error if the source is damaged or its frames are not
// evenly spaced. The same bytes for the same source; writes under the given name, as MovieWriter.
int64_t CopyMovieAtRate(const std::filesystem::path& from, const std::filesystem::path& to, double fps);

// Decodes a movie of 8-bit 4:2:0 pictures in order. Same file, same pictures: chroma is repeated over 2 x 2 pixels and
// converted with the matrix and range that the file names (BT.601 and limited if it names none). Throws Error naming
// the file if it is missing, truncated, no movie, or of another pixel format.
//
//   MovieReader reader(path);
//   while (reader.Next()) { if (wanted) reader.Copy(&picture); }
class MovieReader {
 public:
  explicit MovieReader(const std::filesystem::path& path);
  ~MovieReader();
  MovieReader(const MovieReader&) = delete;
  MovieReader& operator=(const MovieReader&) = delete;

  bool Next();                          // goes to the next frame; false after the last
  void Copy(RgbPicture* picture) const; // of the frame that Next went to

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace figment::files
