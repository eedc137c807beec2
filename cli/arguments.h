#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// Where a command says what it takes. The targets are set before it runs and keep their value if nothing was given.
class Arguments {
 public:
  virtual ~Arguments() = default;
  virtual void required(const std::string& name, std::string& target, const std::string& help) = 0;
  virtual void optional(const std::string& name, std::string& target, const std::string& help) = 0;
  virtual void required_number(const std::string& name, std::int64_t& target, const std::string& help) = 0;
  /// Any number of them.
  virtual void numbers(const std::string& name, std::vector<std::int64_t>& target, const std::string& help) = 0;
  /// One of the words; any other is refused, with the nearest.
  virtual void required_word(const std::string& name, std::span<const std::string_view> words, std::string& target,
                             const std::string& help) = 0;
  virtual void flag(const std::string& name, bool& target, const std::string& help) = 0;
  /// `value` names the option's value in the help: "NAME".
  virtual void option(const std::string& name, const std::string& value, std::string& target,
                      const std::string& help) = 0;
  /// One of the words; any other is refused, with the nearest. Empty if none was given.
  virtual void word_option(const std::string& name, const std::string& value, std::span<const std::string_view> words,
                           std::string& target, const std::string& help) = 0;
  virtual void number_option(const std::string& name, const std::string& value, std::int64_t& target,
                             std::int64_t least, std::int64_t most, const std::string& help) = 0;
};

}  // namespace cli
