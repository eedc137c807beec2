#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/properties_file.h"

namespace cli {

/// Something that is wrong with how the parts are set up.
struct SetupFinding {
  std::string what;
  std::string file;       ///< or what else it is about
  std::int64_t line = 0;  ///< from 1; 0: no line in particular
  std::string why;        ///< what comes of it
  std::string paste;      ///< the line that mends it, for the file or for a shell; empty if there is none
};

/// What `limits check` has seen: findings, and what was looked at and is well.
struct Diagnosis {
  std::vector<SetupFinding> findings;
  std::vector<std::string> well;

  void found(SetupFinding finding) { findings.push_back(std::move(finding)); }
  /// At the property, or in the file as a whole if it is not there.
  void found(const PropertiesFile& file, const Property* at, std::string what, std::string why, std::string paste) {
    found({.what = std::move(what),
           .file = file.path(),
           .line = at == nullptr ? 0 : at->line,
           .why = std::move(why),
           .paste = std::move(paste)});
  }
  /// Says it only if nothing was found since there were `before` findings.
  void well_unless_found(std::size_t before, std::string what) {
    if (findings.size() == before) well.push_back(std::move(what));
  }
};

}  // namespace cli
