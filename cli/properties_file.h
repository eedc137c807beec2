#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/outcome.h"

namespace cli {

struct Property {
  std::string key;
  std::string value;      ///< without white space at its end, which the daemon passes over in numbers and words
  std::int64_t line = 0;  ///< where it starts, from 1
};

/// The daemon's settings, in the form that java.util.Properties reads: comments, continued lines, escapes, and of equal
/// keys the last.
class PropertiesFile {
 public:
  /// kFailed for a file that cannot be read, and for an escape that Java refuses.
  static Outcome<PropertiesFile> read(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<Property>& all() const { return properties_; }
  /// What the key, as `daemon_key` writes it, is set to, or null.
  [[nodiscard]] const Property* find(std::string_view key) const;

 private:
  std::string path_;
  std::vector<Property> properties_;
};

}  // namespace cli
