#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <utility>

#include "limits/rules.h"
#include "processor/log.h"

namespace processor {

/// A rules file is written by hand. One larger than this is refused before it is read.
inline constexpr std::size_t kMaxRulesBytes = 4 * 1024 * 1024;

/// The text of a rules file; the error names the file.
[[nodiscard]] std::expected<std::string, std::string> read_rules(const std::string& path);
/// Reads the rules. The error names the file, what is wrong with it, and where.
[[nodiscard]] std::expected<limits::Rules, std::string> load_rules(const std::string& path);

/// The rules that are in force.
class RulesSource {
 public:
  virtual ~RulesSource() = default;
  [[nodiscard]] virtual const limits::Rules& rules() const = 0;
  /// Why what should be in force by now is not; empty if nothing is wrong.
  [[nodiscard]] virtual const std::string& problem() const = 0;
  /// Puts the newest in force. To be called when no event is on its way by the old ones, which are gone then.
  virtual void refresh() = 0;
};

/// Those of a file that may change at any time: by an edit in place or by another file in its place. What cannot be
/// read or is no good leaves the rules as they are. What comes into force, and each thing that is wrong, is logged
/// once.
class RulesFile final : public RulesSource {
 public:
  [[nodiscard]] static std::expected<RulesFile, std::string> open(std::string path, Log& log);

  [[nodiscard]] const limits::Rules& rules() const override { return rules_; }
  [[nodiscard]] const std::string& problem() const override { return problem_; }
  /// One stat() if the file is as it was.
  void refresh() override;

  /// What tells a file from what it was. Two edits within one step of the file system's clock can be told by nothing
  /// but the content.
  struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::chrono::nanoseconds changed{};  ///< the last change of content, name or mode (st_ctime)
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

 private:
  RulesFile(std::string path, Log& log, limits::Rules rules, const Stamp& stamp)
      : path_(std::move(path)), log_(&log), rules_(std::move(rules)), seen_(stamp) {}

  void take(const std::string& text);
  void refuse(const std::string& problem);

  /// A content that is no good.
  struct Refused {
    std::string version;
    std::string problem;
  };

  std::string path_;
  Log* log_;
  limits::Rules rules_;
  std::string problem_;
  Refused refused_;  ///< the last one
  Stamp seen_;       ///< of the file as it was read last
};

}  // namespace processor
