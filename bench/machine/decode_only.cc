// The product's own reading, and nothing done with what was read: lines by kcl, events by limits::Decoder.
#include <iostream>

#include "kcl/run.h"
#include "limits/event.h"

namespace {

class Reader final : public kcl::RecordProcessor {
 public:
  kcl::Result<void> initialize(const kcl::Initialize&) override { return {}; }
  kcl::Result<void> process_records(const kcl::Batch& batch, kcl::Checkpointer&) override {
    for (const kcl::Record& record : batch.records) {
      const auto event = decoder_.decode(record.data, arena_);
      if (!event) return std::unexpected(kcl::Error{event.error().what});
      sum_ += static_cast<std::uint64_t>((*event)->sequence.value);
    }
    arena_.clear();
    return {};
  }
  kcl::Result<void> lease_lost() override { return {}; }
  kcl::Result<void> shard_ended() override { return {}; }
  kcl::Result<void> shutdown_requested(kcl::Checkpointer&) override { return {}; }

  [[nodiscard]] std::uint64_t sum() const { return sum_; }

 private:
  limits::Decoder decoder_;
  limits::Arena arena_;
  std::uint64_t sum_ = 0;
};

}  // namespace

int main() {
  Reader reader;
  const int code = kcl::run(reader);
  std::cerr << reader.sum() << "\n";
  return code;
}
