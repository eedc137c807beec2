#include "tests/store/sqlite/killed_writer.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "tests/store/sqlite/process.h"
#include "tests/store/sqlite/watched_files.h"

namespace tests {

int kill_at_each_call(const std::string& database, const std::function<void()>& work,
                      const std::function<void(int call)>& check) {
  const std::string start = database + ".start";
  std::filesystem::copy_file(database, start);
  int killed = 0;
  bool survived = false;
  for (int last_call = 1; !survived && !testing::Test::HasFatalFailure(); ++last_call) {
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(database + suffix);
    std::filesystem::copy_file(start, database, std::filesystem::copy_options::overwrite_existing);
    Process writer([&] {
      int calls = 0;
      const WatchedFiles files([&](WatchedFiles::Call, std::string_view) {
        if (++calls == last_call) ::kill(::getpid(), SIGKILL);
        return SQLITE_OK;
      });
      work();
    });
    survived = writer.wait();
    killed += survived ? 0 : 1;
    check(last_call);
  }
  return killed;
}

}  // namespace tests
