#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kcl/checkpointer.h"
#include "kcl/record_processor.h"
#include "processor/clock.h"
#include "processor/rules_file.h"
#include "store/store.h"

/// What a pipeline meets, for its tests.
namespace processor {

/// A batch of the daemon's. Record N has sequence number 100 + N; the bytes stand in padded memory, as in a line.
class Delivery {
 public:
  Delivery() = default;
  Delivery(const Delivery&) = delete;  // its records are views into it
  Delivery& operator=(const Delivery&) = delete;

  Delivery& add(std::string data, bool is_base64 = true) {
    const std::size_t size = data.size();
    data.resize(size + kcl::Record::kPadding);
    const std::string& bytes = bytes_.emplace_back(std::move(data));
    const std::string& sequence = sequences_.emplace_back(std::to_string(100 + records_.size()));
    records_.push_back({.data = std::string_view(bytes).substr(0, size),
                        .is_base64 = is_base64,
                        .partition_key = "u",
                        .position = {sequence, 0},
                        .arrival_ms = 5});
    return *this;
  }
  kcl::Batch batch() const { return {records_, 42}; }

 private:
  std::deque<std::string> bytes_;
  std::deque<std::string> sequences_;
  std::vector<kcl::Record> records_;
};

class FakeClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() override { return now_; }
  void sleep_for(std::chrono::milliseconds pause) override { now_ += pause; }
  limits::TimeMs wall() override { return {1'700'000'000'000}; }
  void pass(std::chrono::seconds time) { now_ += time; }

 private:
  std::chrono::steady_clock::time_point now_{};
};

/// Everything that happened, in order: "commit 1000", "durable 3", "checkpoint 102".
using Events = std::vector<std::string>;

/// A memory store that can fail, and that says what it was given.
class ObservedStore final : public store::Store {
 public:
  ObservedStore(store::Store& inner, Events& events) : inner_(inner), events_(events) {}
  void fail_next(std::vector<store::Error> errors) { errors_.assign(errors.begin(), errors.end()); }
  [[nodiscard]] bool keeps_history() const override { return inner_.keeps_history(); }

  std::string last_fields;  ///< of the last change

 private:
  store::Result<store::Report> do_apply(const store::Batch& batch, store::Durability durability) override {
    if (!errors_.empty()) {
      auto error = errors_.front();
      errors_.pop_front();
      events_.push_back("fail");
      return std::unexpected(error);
    }
    const auto records = batch.changes.size() + batch.dead_letters.size() + static_cast<std::size_t>(batch.ignored);
    if (!batch.changes.empty()) last_fields = batch.changes.back().fields;
    events_.push_back((durability == store::Durability::kDurable ? "durable " : "commit ") + std::to_string(records));
    return inner_.apply(batch, durability);
  }

  store::Result<store::ReplayReport> do_replay(const store::Replay& replay) override { return inner_.replay(replay); }
  store::Result<std::int64_t> do_discard(std::span<const std::int64_t> ids, limits::TimeMs now) override {
    return inner_.discard(ids, now);
  }
  store::Result<std::int64_t> do_prune(std::int64_t before_change, const store::Progress& progress) override {
    return inner_.prune(before_change, progress);
  }

  store::Store& inner_;
  Events& events_;
  std::deque<store::Error> errors_;
};

class FakeCheckpointer final : public kcl::Checkpointer {
 public:
  explicit FakeCheckpointer(Events& events) : events_(events) {}
  kcl::Result<kcl::CheckpointOutcome> checkpoint(const kcl::Position& position) override {
    events_.push_back("checkpoint " + std::string(position.sequence));
    return answer;
  }
  kcl::Result<kcl::CheckpointOutcome> checkpoint_all(std::chrono::milliseconds) override {
    events_.push_back("checkpoint all");
    return answer;
  }
  kcl::Result<kcl::CheckpointOutcome> answer = kcl::CheckpointOutcome::kAccepted;

 private:
  Events& events_;
};

/// Rules that change when they are asked to.
class FakeRules final : public RulesSource {
 public:
  explicit FakeRules(std::string_view text) : rules_(read(text)) {}
  void change_to(std::string_view text) { next_ = read(text); }
  void break_with(std::string problem) { next_problem_ = std::move(problem); }

  [[nodiscard]] const limits::Rules& rules() const override { return rules_; }
  [[nodiscard]] const std::string& problem() const override { return problem_; }
  void refresh() override {
    problem_ = next_problem_;
    if (next_) rules_ = std::move(*next_);
    next_.reset();
  }

 private:
  static limits::Rules read(std::string_view text) { return *limits::Rules::parse(text, "rules.json"); }

  limits::Rules rules_;
  std::optional<limits::Rules> next_;
  std::string problem_;
  std::string next_problem_;
};

}  // namespace processor
