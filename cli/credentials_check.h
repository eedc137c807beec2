#pragma once

#include "cli/diagnosis.h"
#include "cli/properties_file.h"

namespace cli {

/// Whether the provider that the file names would find credentials here. Asks no network: that this machine is one of
/// Amazon's stands for the role that its metadata would give.
void check_credentials(const PropertiesFile& file, Diagnosis& diagnosis);

}  // namespace cli
