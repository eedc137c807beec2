#pragma once

#include <memory>
#include <string_view>

#include "store/store.h"

namespace store {

/// Opens a store for writing by its URL and creates it if it is not there:
///   sqlite:PATH   one host; PATH ends at the first '?'
///   memory:       gone with the process
/// Either may end in "?history=off": state and dedupe are the same, no event is kept.
/// kFatal for a URL that is not understood, with the forms there are, and for a file that is not sound or not ours.
[[nodiscard]] Result<std::unique_ptr<Store>> open(std::string_view url);

/// Opens what a Store wrote, for reading. A store that is not there is an error (kAbsent): nothing is created. Nobody
/// else can read a `memory:` store, so that is an error too (store/memory/memory.h is the way in for tests).
[[nodiscard]] Result<std::unique_ptr<Reader>> open_reader(std::string_view url);

}  // namespace store
