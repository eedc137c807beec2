#pragma once

#include <cstddef>
#include <memory_resource>
#include <string_view>

namespace limits {

/// Memory for the bytes of one batch that stand in no record: unescaped strings, rendered fields. Views into it stay
/// valid until `clear`, which keeps the first block for the next batch.
class Arena {
 public:
  [[nodiscard]] std::string_view keep(std::string_view bytes);
  void clear();

 private:
  static constexpr std::size_t kFirstBlock = 64 * 1024;
  std::pmr::monotonic_buffer_resource memory_{kFirstBlock};
};

}  // namespace limits
