#include "kcl/run.h"

#include <csignal>
#include <cstdio>
#include <functional>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kcl/fd_channel.h"
#include "tests/kcl/pipes.h"

namespace kcl {
namespace {

using testing::HasSubstr;

constexpr std::string_view kInitialize =
    R"({"action":"initialize","shardId":"s","sequenceNumber":null,"subSequenceNumber":null})"
    "\n";
constexpr std::string_view kTick = R"({"action":"processRecords","records":[],"millisBehindLatest":0})"
                                   "\n";
constexpr std::string_view kStatuses =
    "\n{\"action\":\"status\",\"responseFor\":\"initialize\"}\n"
    "\n{\"action\":\"status\",\"responseFor\":\"processRecords\"}\n";

/// What a batch makes it do, and nothing else.
class Scripted final : public RecordProcessor {
 public:
  explicit Scripted(std::function<Result<void>()> on_records) : on_records_(std::move(on_records)) {}
  Result<void> initialize(const Initialize&) override { return {}; }
  Result<void> process_records(const Batch&, Checkpointer&) override { return on_records_(); }
  Result<void> lease_lost() override { return {}; }
  Result<void> shard_ended() override { return {}; }
  Result<void> shutdown_requested(Checkpointer&) override { return {}; }

 private:
  std::function<Result<void>()> on_records_;
};

/// A process of its own whose three streams are pipes, as the daemon starts it.
class Child {
 public:
  explicit Child(const std::function<int()>& main) {
    std::fflush(nullptr);  // or the child would write the test's own output again
    pid_ = ::fork();
    if (pid_ != 0) {
      stdin_.reader.close();
      stdout_.writer.close();
      stderr_.writer.close();
      return;
    }
    ::dup2(stdin_.reader.get(), STDIN_FILENO);
    ::dup2(stdout_.writer.get(), STDOUT_FILENO);
    ::dup2(stderr_.writer.get(), STDERR_FILENO);
    for (Pipe* pipe : {&stdin_, &stdout_, &stderr_}) {
      pipe->reader.close();
      pipe->writer.close();
    }
    ::_exit(main());
  }

  Child& send(std::string_view text) {
    write_all(stdin_.writer.get(), text);
    return *this;
  }

  /// Closes its stdin and waits for its end.
  Child& end() {
    stdin_.writer.close();
    output = read_all(stdout_.reader.get());
    errors = read_all(stderr_.reader.get());
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    return *this;
  }

  [[nodiscard]] int exit_code() const { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

  std::string output, errors;
  int status = -1;

 private:
  Pipe stdin_, stdout_, stderr_;
  pid_t pid_ = -1;
};

int run_with(std::function<Result<void>()> on_records) {
  Scripted processor(std::move(on_records));
  return run(processor);
}

TEST(Run, AnswersTheDaemonUntilItClosesThePipe) {
  Child child([] { return run_with([] { return Result<void>{}; }); });
  child.send(kInitialize).send(kTick).end();
  EXPECT_EQ(child.exit_code(), 0);
  EXPECT_EQ(child.output, kStatuses);
  EXPECT_EQ(child.errors, "");
}

TEST(Run, SendsAStrayPrintToStderrAndNotToTheDaemon) {
  Child child([] {
    return run_with([] {
      write_all(STDOUT_FILENO, "stray\n");
      return Result<void>{};
    });
  });
  child.send(kInitialize).send(kTick).end();
  EXPECT_EQ(child.output, kStatuses);
  EXPECT_EQ(child.errors, "stray\n");
}

TEST(Run, IsNotEndedBySignalsThatReachAWholeProcessGroup) {
  Child child([] {
    return run_with([] {
      for (const int number : {SIGINT, SIGTERM, SIGPIPE}) std::raise(number);
      return Result<void>{};
    });
  });
  child.send(kInitialize).send(kTick).end();
  EXPECT_EQ(child.exit_code(), 0);
  EXPECT_EQ(child.output, kStatuses);
}

TEST(Run, EndsQuietlyWhenTheInputEndsInTheMiddleOfALine) {
  Child child([] { return run_with([] { return Result<void>{}; }); });
  child.send(kInitialize).send(kTick.substr(0, 20)).end();
  EXPECT_EQ(child.exit_code(), 0);
  EXPECT_EQ(child.output, kStatuses.substr(0, kStatuses.find("\n\n") + 1));
  EXPECT_EQ(child.errors, "");
}

TEST(Run, EndsNonZeroWithoutAStatusAndSaysWhyAfterAnError) {
  Child child([] { return run_with([] { return Result<void>(std::unexpected(Error{"the disk is full"})); }); });
  child.send(kInitialize).send(kTick).end();
  EXPECT_EQ(child.exit_code(), 1);
  EXPECT_EQ(child.output, kStatuses.substr(0, kStatuses.find("\n\n") + 1));
  EXPECT_EQ(child.errors, "the disk is full\n");
}

TEST(Run, EndsNonZeroAfterALineThatIsNoMessage) {
  Child child([] { return run_with([] { return Result<void>{}; }); });
  child.send("hello\n").end();
  EXPECT_EQ(child.exit_code(), 1);
  EXPECT_EQ(child.output, "");
  EXPECT_THAT(child.errors, HasSubstr("line 1, byte 0: expected a JSON object, found hello"));
}

TEST(Run, SaysWhichStreamIsMissing) {
  struct {
    int fd;
    const char* expected;
  } const streams[] = {{STDIN_FILENO, "stdin is not open"}, {STDOUT_FILENO, "stdout is not open"}};
  for (const auto& stream : streams) {
    Child child([&] {
      ::close(stream.fd);
      return run_with([] { return Result<void>{}; });
    });
    child.end();
    EXPECT_EQ(child.exit_code(), 1);
    EXPECT_THAT(child.errors, HasSubstr(stream.expected));
  }
}

TEST(TakeDaemonStreams, GivesADescriptorThatNoOtherProgramInherits) {
  Child child([] {
    const auto output = take_daemon_streams();
    return output && *output > STDERR_FILENO && (::fcntl(*output, F_GETFD) & FD_CLOEXEC) ? 0 : 1;
  });
  EXPECT_EQ(child.end().exit_code(), 0);
}

TEST(TakeDaemonStreams, MakesTheInputPipeLarger) {
  Child child([] {
    const int before = ::fcntl(STDIN_FILENO, F_GETPIPE_SZ);
    return take_daemon_streams() && ::fcntl(STDIN_FILENO, F_GETPIPE_SZ) > before ? 0 : 1;
  });
  EXPECT_EQ(child.end().exit_code(), 0);
}

}  // namespace
}  // namespace kcl
