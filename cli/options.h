// Ties the config machinery of base/config.h to the command-line parser.
#pragma once

#include <CLI/CLI.hpp>

#include "base/config.h"

namespace figment::cli {

void AddFlag(CLI::App& app, const base::Field& field);
// One flag a field, with its help and default. Values are set when the parser reaches them, so the last one wins.
void AddFlags(CLI::App& app, const base::FieldList& fields);

// "--seed": a whole number, not below 0.
void AddSeed(CLI::App& app, uint64_t* seed, const std::string& help);
// For options that count something: 1 or more.
CLI::Validator AtLeastOne();

// Every long flag of a command, for "did you mean".
std::vector<std::string> FlagNames(const CLI::App& app);

}  // namespace figment::cli
