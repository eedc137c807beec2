#include "kcl/fd_channel.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "kcl/record.h"
#include "tests/kcl/pipes.h"

namespace kcl {
namespace {

using testing::HasSubstr;

std::string text(std::span<char> line) {
  return {line.begin(), line.end()};
}

/// The next line, "(end)" at the end of the input, or the error.
std::string next(FdLineSource& source) {
  const auto line = source.next_line();
  if (!line) return line.error().what;
  return *line ? text(**line) : "(end)";
}

class Reading : public testing::Test {
 protected:
  Pipe pipe;
  FdLineSource source{pipe.reader.get()};
};

TEST_F(Reading, GivesLinesWithoutTheirEnds) {
  write_all(pipe.writer.get(), "one\ntwo\r\n\nfour\n");
  EXPECT_EQ(next(source), "one");
  EXPECT_EQ(next(source), "two");
  EXPECT_EQ(next(source), "");
  EXPECT_EQ(next(source), "four");
}

TEST_F(Reading, JoinsALineThatComesInPieces) {
  write_all(pipe.writer.get(), "one\ntw");
  EXPECT_EQ(next(source), "one");
  std::thread daemon([&] {
    for (const char* piece : {"o", "", "-", "three\nfo", "ur\n"}) write_all(pipe.writer.get(), piece);
  });
  EXPECT_EQ(next(source), "two-three");
  EXPECT_EQ(next(source), "four");
  daemon.join();
}

TEST_F(Reading, DoesNotDeliverALineThatTheInputsEndCutOff) {
  write_all(pipe.writer.get(), "one\n{\"action\":\"leaseLost\"}");
  pipe.writer.close();
  EXPECT_EQ(next(source), "one");
  EXPECT_EQ(next(source), "(end)");
  EXPECT_EQ(next(source), "(end)");
}

TEST_F(Reading, KeepsALineWhileAnswersToItAreRead) {
  const std::string batch(100'000, 'b');
  std::thread daemon(
      [&] { write_all(pipe.writer.get(), batch + "\n" + std::string(300'000, 'x') + "\nsecond answer\nnext"); });
  const auto line = source.next_line();
  const auto first = source.next_answer();
  EXPECT_EQ((**first).size(), 300'000U);
  const auto second = source.next_answer();
  EXPECT_EQ(text(**second), "second answer");
  EXPECT_EQ(text(**line), batch);
  daemon.join();
  write_all(pipe.writer.get(), " line\n");
  EXPECT_EQ(next(source), "next line");
}

TEST_F(Reading, LeavesReadablePaddingBehindALineThatFillsTheBuffer) {
  for (const std::size_t length : {65'535U, 65'536U - 65, 65'536U - 64, 131'072U - 65}) {
    std::thread daemon([&] { write_all(pipe.writer.get(), std::string(length, 'x') + "\n"); });
    const auto line = source.next_line();
    daemon.join();
    ASSERT_EQ((**line).size(), length);
    const std::string padding((**line).data() + length, Record::kPadding);  // an address sanitizer looks on
    EXPECT_EQ(padding.size(), Record::kPadding);
  }
}

TEST_F(Reading, NamesTheReasonWhenTheDescriptorIsBad) {
  FdLineSource closed(-1);
  EXPECT_EQ(next(closed), "cannot read from the daemon: Bad file descriptor");
}

TEST_F(Reading, GivesBackTheMemoryOfAHugeLine) {
  const auto allocated = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
  constexpr std::size_t kHuge = 50'000'000;
  const std::size_t before = allocated();
  std::thread daemon([&] {
    const std::string chunk(100'000, 'x');
    for (std::size_t sent = 0; sent < kHuge; sent += chunk.size()) write_all(pipe.writer.get(), chunk);
    write_all(pipe.writer.get(), "\nsmall\n");
  });
  {
    const auto line = source.next_line();
    EXPECT_EQ((**line).size(), kHuge);
    EXPECT_TRUE(std::ranges::all_of(**line, [](char c) { return c == 'x'; }));
  }
  daemon.join();
  EXPECT_EQ(next(source), "small");
  write_all(pipe.writer.get(), "end\n");
  EXPECT_EQ(next(source), "end");
  EXPECT_LT(allocated(), before + 1'000'000);
}

/// Signals that interrupt system calls, as a debugger or a profiler sends them.
class Interrupted : public testing::Test {
 protected:
  Interrupted() {
    struct sigaction action{};
    action.sa_handler = [](int) { ++caught; };  // without SA_RESTART
    sigaction(SIGUSR1, &action, &before_);
  }
  ~Interrupted() override { sigaction(SIGUSR1, &before_, nullptr); }

  /// Sends the signal until it is caught: a thread sanitizer holds back the one that comes just before a call blocks.
  static void interrupt(pthread_t thread) {
    const int already = caught;
    while (caught == already) {
      pthread_kill(thread, SIGUSR1);
      std::this_thread::yield();
    }
  }

  static inline std::atomic<int> caught = 0;
  Pipe pipe;

 private:
  struct sigaction before_{};
};

TEST_F(Interrupted, ReadingGoesOn) {
  FdLineSource source(pipe.reader.get());
  std::thread daemon([&, reader = pthread_self()] {
    for (int i = 0; i < 10; ++i) interrupt(reader);
    write_all(pipe.writer.get(), "whole\n");
  });
  EXPECT_EQ(next(source), "whole");
  daemon.join();
}

TEST_F(Interrupted, WritingGoesOnWhereItStopped) {
  FdLineSink sink(pipe.writer.get());
  const std::string json(1'000'000, 'j');
  std::string read;
  std::thread daemon([&, writer = pthread_self()] {
    int waiting = 0;
    while (waiting < 65'536) {  // until the pipe is full, and so the writer blocked in the middle of its line
      ioctl(pipe.reader.get(), FIONREAD, &waiting);
      std::this_thread::yield();
    }
    interrupt(writer);
    read = read_all(pipe.reader.get());
  });
  EXPECT_TRUE(sink.write_line(json));
  pipe.writer.close();
  daemon.join();
  EXPECT_EQ(read, "\n" + json + "\n");
}

TEST(Writing, SendsALineWithAnEmptyOneBeforeItInOneWrite) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()), 0);  // which keeps writes apart
  const Fd daemon(ends[0]);
  const Fd child(ends[1]);
  FdLineSink sink(child.get());
  ASSERT_TRUE(sink.write_line("{\"a\":1}"));
  ASSERT_TRUE(sink.write_line("{}"));
  std::array<char, 100> packet;
  const auto received = [&] {
    return std::string(packet.data(), static_cast<std::size_t>(recv(daemon.get(), packet.data(), packet.size(), 0)));
  };
  EXPECT_EQ(received(), "\n{\"a\":1}\n");
  EXPECT_EQ(received(), "\n{}\n");
}

TEST(Writing, NamesTheReasonWhenTheDaemonIsGone) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.reader.close();
  FdLineSink sink(pipe.writer.get());
  const auto written = sink.write_line("{}");
  std::signal(SIGPIPE, before);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().what, HasSubstr("the daemon closed its end"));
}

}  // namespace
}  // namespace kcl
