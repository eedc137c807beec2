#include "processor/checkpoint_policy.h"

namespace processor {

void CheckpointPolicy::advance(const kcl::Position& position) {
  sequence_ = position.sequence;
  sub_sequence_ = position.sub_sequence;
  pending_ = true;
}

bool CheckpointPolicy::due(Time now, bool quiet) const {
  return pending_ && ((quiet && !refused_) || now - last_ >= interval_);
}

void CheckpointPolicy::accepted(Time now) {
  last_ = now;
  pending_ = false;
  refused_ = false;
}

void CheckpointPolicy::postponed(Time now) {
  last_ = now;
  refused_ = true;
}

}  // namespace processor
