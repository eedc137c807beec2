#pragma once

#include "limits/change.h"
#include "limits/user_limit.h"

/// What a change says of one group, written into a limit. It must write that group.
namespace limits {

/// All but its terms.
void write_definition(const Change&, UserLimit&);
void write_progress(const Change&, UserLimit&);
/// A definition writes all of its terms.
void write_term(Term, const Change&, UserLimit&);

}  // namespace limits
