#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "store/store.h"

namespace api {

/// The store that is asked, opened when it is first needed: the API may start before any child made it. Opened anew
/// every few seconds, so that a file that was put in the place of another is seen. One thread.
class StoreSource {
 public:
  using Clock = std::chrono::steady_clock;
  using Open = std::function<store::Result<std::unique_ptr<store::Reader>>()>;
  static constexpr std::chrono::seconds kReopen{5};

  explicit StoreSource(Open open) : open_(std::move(open)) {}

  /// Valid until the next call.
  [[nodiscard]] store::Result<store::Reader*> reader(Clock::time_point now);
  /// After a reader failed: the next one is a new one.
  void forget() { reader_.reset(); }

 private:
  Open open_;
  std::unique_ptr<store::Reader> reader_;
  Clock::time_point opened_;
};

}  // namespace api
