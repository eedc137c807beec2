#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limits/arena.h"
#include "limits/event.h"

namespace limits {

/// A JSON Pointer (RFC 6901): "/customer/ids/0". The empty one names the whole document.
class Pointer {
 public:
  /// Nothing if the text is no pointer: it must be empty or begin with "/", and a "~" must be "~0" or "~1".
  [[nodiscard]] static std::optional<Pointer> parse(std::string_view text);

  struct Step {
    std::string key;
    std::optional<std::uint32_t> index;  ///< set if the key could be an element's place in an array
  };
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<Step> steps_;
};

/// An event as it came, any field of it to be found: for rules that look beyond the fields that handlers read. Values
/// keep their text, so a number is as exact as it was written. Read again and again into the same memory; one thread.
class Document {
 public:
  /// `json` is what `Decoder` took, with its padding. Views point into it and into the arena.
  /// Faults: bad_json if an object has a key twice, because then no one knows which was meant.
  [[nodiscard]] std::optional<Fault> read(std::string_view json, Arena&);

  /// kAbsent if there is nothing at that place.
  [[nodiscard]] Value at(const Pointer&) const;

 private:
  /// Objects and arrays stand before what is in them.
  struct Node {
    Value value;
    std::string_view key;  ///< in an object
    std::uint32_t end;     ///< the place after the node and all that is in it
  };

  [[nodiscard]] const Node* child(const Node& parent, const Pointer::Step&) const;
  std::string_view read_string(const char*& next, Arena&);
  void add(Value);
  std::optional<Fault> close();
  std::optional<std::string_view> repeated_key(std::uint32_t object);
  [[nodiscard]] std::string place_of_open() const;

  std::vector<Node> nodes_;
  // While reading:
  std::vector<std::uint32_t> open_;  ///< the objects and arrays that have not ended yet
  std::optional<std::string_view> key_;
  std::vector<std::string_view> keys_;
};

}  // namespace limits
