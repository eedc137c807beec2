#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "limits/datum.h"

namespace limits {

/// What a handler reads of a payload. Messages, documentation and history are made from this.
struct FieldSpec {
  Field field;
  FieldKind kind;
  Presence presence;
};

/// The payload fields that a handler declares, checked and interpreted; to ask for another is a fault of the program.
class Payload {
 public:
  [[nodiscard]] static Checked<Payload> check(const Event&, std::span<const FieldSpec>);

  /// A required field, by the type of its kind.
  template <class T>
  [[nodiscard]] const T& get(Field field) const {
    return std::get<T>((*this)[field]);
  }
  /// An optional field; nothing for null, too.
  template <class T>
  [[nodiscard]] std::optional<T> find(Field field) const {
    const T* found = std::get_if<T>(&(*this)[field]);
    return found ? std::optional<T>(*found) : std::nullopt;
  }
  /// It did not come, or came as null that means no more than that.
  [[nodiscard]] bool is_absent(Field field) const { return std::holds_alternative<std::monostate>((*this)[field]); }
  [[nodiscard]] const Datum& operator[](Field field) const { return data_[static_cast<std::size_t>(field)]; }

 private:
  std::array<Datum, kFieldCount> data_;
};

}  // namespace limits
