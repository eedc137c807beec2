#pragma once

#include "kcl/record_processor.h"

namespace kcl {

/// Runs `processor` on the daemon's streams until the daemon closes them. The whole main of a record processor:
///
///     int main() { Printer printer; return kcl::run(printer); }
///
/// Takes stdin and stdout for the protocol: file descriptor 1 becomes stderr, so that a stray print cannot reach the
/// daemon (it would wait for ever); SIGINT, SIGTERM and SIGPIPE are ignored (the protocol and EOF end a child, not a
/// Ctrl-C that reaches the whole process group); stdin's pipe is made as large as the kernel allows.
/// Returns the exit code: 0 at the end of the input, 1 after an error, which is printed to stderr.
/// A program that needs more (a log, a watchdog on the pipe) calls take_daemon_streams() and run_session() itself.
[[nodiscard]] int run(RecordProcessor& processor);

}  // namespace kcl
