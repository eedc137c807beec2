#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include "store/store.h"

namespace api {

/// How long answers took to make, by route and code. One thread.
class RequestMetrics {
 public:
  RequestMetrics();
  /// `route` is a path with `{}` for any segment: a client cannot make up new ones.
  void count(std::string_view route, int status, std::chrono::duration<double> taken);
  [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const { return registry_.Collect(); }

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Histogram>& durations_;
};

/// What the store says of itself and of its shards, as docs/operations.md describes it. An error if it cannot be read.
[[nodiscard]] store::Result<std::vector<prometheus::MetricFamily>> metrics_of(store::Reader& reader);

/// One gauge without labels.
[[nodiscard]] prometheus::MetricFamily gauge(std::string name, std::string help, double value);

}  // namespace api
