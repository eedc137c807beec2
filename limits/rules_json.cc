#include "limits/rules_json.h"

#include <algorithm>
#include <set>
#include <vector>

#include "limits/wording.h"

namespace limits::rules_json {
namespace {

/// Reads the text ahead of the parser to refuse what its result no longer shows (keys that come twice), and depth,
/// which would cost stack when the result is destroyed. Not as the parser's callback: with one, each element of an
/// array costs a walk over those before it.
class Strictness final : public json::json_sax_t {
 public:
  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t) override { return scalar(); }
  bool number_unsigned(number_unsigned_t) override { return scalar(); }
  bool number_float(number_float_t, const string_t&) override { return scalar(); }
  bool string(string_t&) override { return scalar(); }
  bool binary(binary_t&) override { return scalar(); }
  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    open_.back().key = name;
    if (!open_.back().keys.insert(name).second) refuse(place(), "stands here for the second time");
    return true;
  }
  /// The parser says it better.
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

 private:
  static constexpr std::size_t kMaxDepth = 16;
  /// The shortest rule has 10 bytes to a value, so that rules are too large for a file before they are so many. What
  /// has more is no rules, and takes 40 times its size when it is read.
  static constexpr std::size_t kMostValues = 400'000;

  struct Container {
    bool is_array;
    std::size_t index;
    std::string key;
    std::set<std::string> keys;
  };

  bool open(bool is_array) {
    count_value();
    if (open_.size() == kMaxDepth) refuse(place(), "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    open_.push_back({is_array, 0, {}, {}});
    return true;
  }

  bool close() {
    open_.pop_back();
    return next_element();
  }

  bool scalar() {
    count_value();
    return next_element();
  }

  bool next_element() {
    if (!open_.empty()) ++open_.back().index;
    return true;
  }

  void count_value() {
    if (++values_ <= kMostValues) return;
    refuse(place(), "stands behind " + std::to_string(kMostValues) + " other values, and a rules file has no more");
  }

  [[nodiscard]] std::string place() const {
    json::json_pointer pointer;
    for (const Container& container : open_) {
      if (container.is_array) {
        pointer.push_back(std::to_string(container.index));
      } else {
        pointer.push_back(container.key);
      }
    }
    return pointer.to_string();
  }

  std::vector<Container> open_;
  std::size_t values_ = 0;
};

}  // namespace

void refuse(const std::string& place, const std::string& reason) {
  throw Refusal{.what = (place.empty() ? "/" : shown(place)) + ": " + reason, .pointer = place};
}

json parse(std::string_view text) {
  try {
    Strictness strictness;
    static_cast<void>(json::sax_parse(text, &strictness, json::input_format_t::json, /*strict=*/true,
                                      /*ignore_comments=*/true));
    return json::parse(text, nullptr, /*allow_exceptions=*/true, /*ignore_comments=*/true);
  } catch (const json::parse_error& error) {
    // Without what it quotes of the file: that is of any length, and a terminal may act upon it.
    std::string_view what = error.what();
    what = what.substr(0, what.find("; last read: "));
    throw Refusal{.what = std::string(what.substr(std::min(what.find("line "), what.size()))),
                  .pointer = {},
                  .offset = std::min(error.byte, text.size() + 1) - 1};
  } catch (const json::out_of_range&) {
    refuse("", "a number beyond any that rules may have");
  }
}

std::string member(const std::string& place, std::string_view name) {
  json::json_pointer pointer;
  pointer.push_back(std::string(name));
  return place + pointer.to_string();
}

std::string element(const std::string& place, std::size_t index) {
  return place + '/' + std::to_string(index);
}

void expect_members(const json& value, const std::string& place, std::initializer_list<std::string_view> required,
                    std::initializer_list<std::string_view> optional) {
  if (!value.is_object()) refuse(place, std::string("expected an object, found ") + value.type_name());
  std::vector<std::string_view> names(required);
  names.insert(names.end(), optional);
  for (const auto& [name, each] : value.items()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    refuse(member(place, name), "no such key here; there may be " + one_of(names) + did_you_mean(name, names));
  }
  for (const std::string_view name : required) {
    if (!value.contains(name)) refuse(place, "the key \"" + std::string(name) + "\" is missing");
  }
}

const json* find(const json& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

const std::string& text_at(const json& value, const std::string& place) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    refuse(place,
           std::string("expected a non-empty string, found ") + (value.is_string() ? "\"\"" : value.type_name()));
  }
  return value.get_ref<const std::string&>();
}

const json& list_at(const json& value, const std::string& place) {
  if (!value.is_array() || value.empty()) {
    refuse(place, std::string("expected a non-empty array, found ") + (value.is_array() ? "[]" : value.type_name()));
  }
  return value;
}

}  // namespace limits::rules_json
