#pragma once

#include <string>
#include <string_view>

#include "limits/fault.h"
#include "limits/ids.h"
#include "limits/user_limit.h"
#include "store/store.h"

/// The lines of Reader::each_digest_line, without LF. A back end walks its rows in the order that store/README.md gives
/// and writes no line itself, so that two back ends cannot differ in form.
namespace store::digest {

[[nodiscard]] std::string limit_line(const limits::UserLimit&, const limits::Stamp& definition,
                                     const limits::Stamp& progress);

/// Takes the state and its stamp; counts and arrival are no part of equality.
[[nodiscard]] std::string parked_line(const ParkedLimit&);

/// A term that is not the definition's.
[[nodiscard]] std::string term_line(const limits::UserLimit&, limits::Term, const limits::Stamp&);

/// Takes the content, not the provenance.
[[nodiscard]] std::string history_line(const HistoryRow&);

[[nodiscard]] std::string dead_letter_line(limits::Reason, std::string_view raw);

}  // namespace store::digest
