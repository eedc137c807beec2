#include "api/store_source.h"

namespace api {

store::Result<store::Reader*> StoreSource::reader(Clock::time_point now) {
  if (reader_ && now - opened_ < kReopen) return reader_.get();
  // The old one is closed after the new one is open: SQLite has no work with a file that somebody has open already.
  auto opened = open_();
  if (opened) {
    reader_ = std::move(*opened);
  } else if (!reader_ || opened.error().code != store::Errc::kBusy) {
    reader_.reset();
    return std::unexpected(std::move(opened.error()));
  }
  opened_ = now;
  return reader_.get();
}

}  // namespace api
