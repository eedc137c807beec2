#include "cli/command.h"

#include "store/open.h"

namespace cli {

Outcome<std::unique_ptr<store::Reader>> Context::open_reader() const {
  auto reader = store::open_reader(store_url);
  if (!reader) return store_failure(reader.error());
  return std::move(*reader);
}

std::unexpected<Failure> store_failure(const store::Error& error) {
  return fail(ExitCode::kStoreUnavailable, error.what);
}

}  // namespace cli
