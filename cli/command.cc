#include "cli/command.h"

#include <chrono>

#include "store/open.h"

namespace cli {

Outcome<std::unique_ptr<store::Reader>> Context::open_reader() const {
  auto reader = store::open_reader(store_url);
  if (!reader) return store_failure(reader.error());
  return std::move(*reader);
}

Outcome<std::unique_ptr<store::Store>> Context::open_store() const {
  auto store = store::open(store_url);
  if (!store) return store_failure(store.error());
  return std::move(*store);
}

limits::TimeMs wall_clock() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count()};
}

std::unexpected<Failure> store_failure(const store::Error& error) {
  return fail(ExitCode::kStoreUnavailable, error.what);
}

}  // namespace cli
