#pragma once

#include <span>
#include <string_view>

namespace api {

/// A file of the page, as it was when this was built.
struct PageFile {
  std::string_view name;  ///< "main.js"
  std::string_view type;  ///< its media type
  std::string_view text;
};

/// The files of api/page, and those of the chart's library.
[[nodiscard]] std::span<const PageFile> page_files();

}  // namespace api
