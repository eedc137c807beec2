#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "limits/event.h"

namespace limits {

/// Decodes texts as a batch does: one decoder, one arena, and behind each text bytes that belong to others.
class Reader {
 public:
  [[nodiscard]] Checked<Event> read(std::string_view json, char next = '}') {
    const std::string& bytes = records_.emplace_back(std::string(json) + std::string(Decoder::kPadding, next));
    auto event = decoder_.decode(std::string_view(bytes).substr(0, json.size()), arena_);
    if (!event) return std::unexpected(event.error());
    return **event;
  }

  [[nodiscard]] Arena& arena() { return arena_; }

 private:
  std::deque<std::string> records_;
  Decoder decoder_;
  Arena arena_;
};

}  // namespace limits
