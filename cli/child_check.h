#pragma once

#include <string>

#include "cli/diagnosis.h"
#include "cli/properties_file.h"

namespace cli {

/// Looks at the child that the daemon starts: the program, its flags, and what they must have in common with the file
/// and with `store_url`, the store that `limits` reads. Paths are seen from the working directory.
void check_child(const PropertiesFile& file, const std::string& store_url, Diagnosis& diagnosis);

}  // namespace cli
