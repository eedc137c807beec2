#pragma once

#include <string>
#include <string_view>

namespace aws {

void append_base64(std::string& to, std::string_view data);

}  // namespace aws
