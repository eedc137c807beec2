// What the parts of a child cost, each alone, over the records of one batch: google benchmark's flags, after the
// session that the batch is taken from and the rules.
//
//     parts SESSION RULES [--benchmark_filter=…]
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>

#include "kcl/internal/message_parser.h"
#include "limits/rules.h"
#include "processor/decision.h"
#include "processor/rules_file.h"

namespace {

template <class T, class E>
T need(std::expected<T, E> result) {
  if (!result) throw std::runtime_error("the session or the rules are not what they should be");
  return std::move(*result);
}

/// The batch that the parts work on: the last of the session, for the first ones create limits.
struct Input {
  std::string line;    ///< as it comes, its padding included
  std::string parsed;  ///< the same after its records were decoded in place
  kcl::internal::MessageParser parser;
  std::vector<kcl::Record> records;  ///< in `parsed`
  limits::Arena arena;               ///< of their events
  std::vector<limits::Event> events;
  std::optional<limits::Rules> rules;

  [[nodiscard]] std::size_t size() const { return line.size() - kcl::Record::kPadding; }
};
Input input;

void load_session(const char* path) {
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line);) input.line = std::move(line);
  input.line.append(kcl::Record::kPadding, ' ');
  input.parsed = input.line;
  const auto message = need(input.parser.parse({input.parsed.data(), input.size()}));
  const auto records = std::get<kcl::Batch>(message.body).records;
  input.records.assign(records.begin(), records.end());
  limits::Decoder decoder;
  for (const kcl::Record& record : input.records) {
    input.events.push_back(*need(decoder.decode(record.data, input.arena)));
  }
}

void per_record(benchmark::State& state) {
  const auto records = static_cast<double>(input.records.size());
  state.counters["per record"] =
      benchmark::Counter(records, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// A batch's line copied, which `line` does first as well.
void copy(benchmark::State& state) {
  std::string line = input.line;
  for (auto _ : state) {
    input.line.copy(line.data(), line.size());
    benchmark::DoNotOptimize(line.data());
    benchmark::ClobberMemory();
  }
  per_record(state);
}

/// From the line to records whose base64 is decoded.
void line(benchmark::State& state) {
  std::string line = input.line;
  kcl::internal::MessageParser parser;
  for (auto _ : state) {
    input.line.copy(line.data(), line.size());
    auto message = parser.parse({line.data(), input.size()});
    benchmark::DoNotOptimize(message);
  }
  per_record(state);
}

/// From a record's bytes to an event.
void event(benchmark::State& state) {
  limits::Decoder decoder;
  limits::Arena arena;
  for (auto _ : state) {
    for (const kcl::Record& record : input.records) benchmark::DoNotOptimize(decoder.decode(record.data, arena));
    arena.clear();
  }
  per_record(state);
}

void route_by(const limits::Rules& rules, benchmark::State& state) {
  limits::Document document;
  limits::Arena arena;
  for (auto _ : state) {
    for (std::size_t i = 0; i < input.events.size(); ++i) {
      const limits::Event& event = input.events[i];
      const limits::Candidates& candidates = rules.candidates(event.type);
      const limits::Route* route = nullptr;
      if (candidates.need_document()) {
        benchmark::DoNotOptimize(document.read(input.records[i].data, arena));
        route = rules.route(candidates, event.type, document);
      }
      if (route == nullptr) route = &rules.route(candidates);
      benchmark::DoNotOptimize(route);
      if (route->transform) benchmark::DoNotOptimize(route->transform->apply(event, document, arena));
    }
    arena.clear();
  }
  per_record(state);
}

/// From an event to its route and, where the rules say so, to the event that they build.
void route(benchmark::State& state) {
  route_by(*input.rules, state);
}

/// The same by so many rules that each name a type in full: three of the session's, and others.
void exact_route(benchmark::State& state) {
  std::string text = R"({"rules": [)";
  for (std::int64_t i = 3; i < state.range(0); ++i) {
    text += R"({"match": {"type": "OTHER_)" + std::to_string(i) + R"("}, "handler": "ignore"},)";
  }
  text += R"(
    {"match": {"type": "USER_LIMIT_CREATED"}, "handler": "create_limit"},
    {"match": {"type": "USER_LIMIT_PROGRESS_CHANGED"}, "handler": "change_progress"},
    {"match": {"type": "USER_LIMIT_RESET"}, "handler": "reset_progress"}], "default": "dead_letter"})";
  route_by(need(limits::Rules::parse(text, "bench")), state);
}

/// All between a record and the store: event, route, change.
void decision(benchmark::State& state) {
  processor::RecordReader reader;
  limits::Arena arena;
  for (auto _ : state) {
    for (const kcl::Record& record : input.records) {
      benchmark::DoNotOptimize(processor::decide(record, *input.rules, reader, arena));
    }
    arena.clear();
  }
  per_record(state);
}

void sum(benchmark::State& state) {
  const auto a = *limits::Decimal::parse("10000.55");
  const auto b = *limits::Decimal::parse("-12.5");
  for (auto _ : state) benchmark::DoNotOptimize(limits::Decimal::add(a, b));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kOwnArguments = 2;
  if (argc <= kOwnArguments) {
    std::cerr << "usage: parts SESSION RULES [google benchmark's flags]\n";
    return 2;
  }
  try {
    load_session(argv[1]);
    input.rules = need(processor::load_rules(argv[2]));
  } catch (const std::exception& error) {
    std::cerr << "parts: " << argv[1] << ", " << argv[2] << ": " << error.what() << "\n";
    return 1;
  }
  benchmark::RegisterBenchmark("copy", copy);
  benchmark::RegisterBenchmark("line", line);
  benchmark::RegisterBenchmark("event", event);
  benchmark::RegisterBenchmark("route", route);
  benchmark::RegisterBenchmark("exact_route", exact_route)->Arg(3)->Arg(1'000);
  benchmark::RegisterBenchmark("decision", decision);
  benchmark::RegisterBenchmark("sum", sum);
  int rest = argc - kOwnArguments;
  argv[kOwnArguments] = argv[0];
  benchmark::Initialize(&rest, argv + kOwnArguments);
  if (benchmark::ReportUnrecognizedArguments(rest, argv + kOwnArguments)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
