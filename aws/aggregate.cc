#include "aws/aggregate.h"

#include <array>
#include <cstdint>
#include <optional>

#include <nettle/md5.h>

namespace aws {
namespace {

constexpr std::string_view kMagic = "\xf3\x89\x9a\xc2";

/// A field of a protobuf message: bytes, or else a number that nobody here asks for.
struct Field {
  std::uint64_t number = 0;
  std::string_view bytes;
};

/// Reads a protobuf message of numbers and bytes, field by field.
class Message {
 public:
  explicit Message(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// Nothing if the bytes are no such message.
  std::optional<Field> next() {
    constexpr std::uint64_t kNumber = 0;
    constexpr std::uint64_t kBytes = 2;
    const auto tag = varint();
    const auto value = varint();  // the number, or how many bytes
    if (!tag || !value) return std::nullopt;
    Field field{.number = *tag >> 3U, .bytes = {}};
    const std::uint64_t kind = *tag & 7U;
    if (kind == kNumber) return field;
    if (kind != kBytes || *value > rest_.size()) return std::nullopt;
    field.bytes = rest_.substr(0, *value);
    rest_.remove_prefix(*value);
    return field;
  }

 private:
  std::optional<std::uint64_t> varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return number;
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

/// Of each field with that number its bytes; nothing if this is no message.
std::optional<std::vector<std::string_view>> fields_of(std::string_view bytes, std::uint64_t number) {
  std::vector<std::string_view> found;
  for (Message message(bytes); !message.at_end();) {
    const auto field = message.next();
    if (!field) return std::nullopt;
    if (field->number == number) found.push_back(field->bytes);
  }
  return found;
}

bool is_md5_of(std::string_view sum, std::string_view bytes) {
  std::array<std::uint8_t, MD5_DIGEST_SIZE> digest{};
  md5_ctx context;
  md5_init(&context);
  md5_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  md5_digest(&context, digest.size(), digest.data());
  return sum == std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size());
}

}  // namespace

std::vector<std::string_view> user_records(std::string_view data) {
  constexpr std::uint64_t kRecords = 3;  // of the aggregate
  constexpr std::uint64_t kData = 3;     // of a record
  const std::vector<std::string_view> itself{data};
  if (!data.starts_with(kMagic) || data.size() < kMagic.size() + MD5_DIGEST_SIZE) return itself;
  const std::string_view message = data.substr(kMagic.size(), data.size() - kMagic.size() - MD5_DIGEST_SIZE);
  if (!is_md5_of(data.substr(data.size() - MD5_DIGEST_SIZE), message)) return itself;
  auto records = fields_of(message, kRecords);
  if (!records) return itself;
  for (std::string_view& record : *records) {
    const auto parts = fields_of(record, kData);
    if (!parts || parts->size() != 1) return itself;
    record = parts->front();
  }
  return *records;
}

}  // namespace aws
