#pragma once

namespace store::sqlite {

/// The name of a VFS of SQLite's that writes the frames of a transaction to the write-ahead log together, and is the
/// default one in all else. Left alone, SQLite makes two calls per page: its 24-byte frame header, then the page.
///
/// Nobody can see a difference: the frames are in the file, or their failure is reported, when the last of a
/// transaction was written, which is before SQLite shows the transaction to others; and before anything is read from
/// the log, synced, measured or cut. What is not written when the process dies belongs to a transaction that was not
/// committed.
///
/// It is over what is SQLite's default VFS at the call. Call sqlite3_initialize first. Any thread.
[[nodiscard]] const char* wal_vfs();

}  // namespace store::sqlite
