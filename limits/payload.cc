#include "limits/payload.h"

namespace limits {

Checked<Payload> Payload::check(const Event& event, std::span<const FieldSpec> specs) {
  Checked<Payload> payload;
  for (const FieldSpec& spec : specs) {
    Datum& datum = payload->data_[static_cast<std::size_t>(spec.field)];
    auto fault = interpret(event[spec.field], spec.kind, spec.presence, "payload.", name_of(spec.field), datum);
    if (fault) return std::unexpected(std::move(*fault));
  }
  return payload;
}

}  // namespace limits
