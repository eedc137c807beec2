#include "limits/payload.h"

namespace limits {

Checked<Payload> Payload::check(const Event& event, std::span<const FieldSpec> specs) {
  Payload payload;
  for (const FieldSpec& spec : specs) {
    auto datum = interpret(event[spec.field], spec.kind, spec.presence, "payload.", name_of(spec.field));
    if (!datum) return std::unexpected(std::move(datum.error()));
    payload.data_[static_cast<std::size_t>(spec.field)] = *datum;
  }
  return payload;
}

}  // namespace limits
