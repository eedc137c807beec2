#include "processor/rules_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace processor {

std::expected<limits::Rules, std::string> load_rules(const std::string& path) {
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (failure) {
    return std::unexpected(path + ": cannot read the rules: " + failure.message() + ". Name the file with --rules");
  }
  if (size > kMaxRulesBytes) {
    return std::unexpected(path + ": has " + std::to_string(size) + " bytes; a rules file has at most " +
                           std::to_string(kMaxRulesBytes));
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return std::unexpected(path + ": cannot read the rules: " + std::strerror(errno));
  return limits::Rules::parse(text.view(), path);
}

}  // namespace processor
