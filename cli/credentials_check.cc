#include "cli/credentials_check.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ranges>

#include "limits/wording.h"

namespace cli {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

std::string value_or(const char* variable, const std::string& otherwise) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

bool in_environment() {
  return is_set("AWS_ACCESS_KEY_ID") && is_set("AWS_SECRET_ACCESS_KEY");
}

bool by_web_identity() {
  return is_set("AWS_WEB_IDENTITY_TOKEN_FILE") && is_set("AWS_ROLE_ARN");
}

bool in_profile() {
  const std::string home = value_or("HOME", "") + "/.aws/";
  std::error_code ignored;
  return std::filesystem::exists(value_or("AWS_SHARED_CREDENTIALS_FILE", home + "credentials"), ignored) ||
         std::filesystem::exists(value_or("AWS_CONFIG_FILE", home + "config"), ignored);
}

bool of_container() {
  return is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI");
}

bool of_instance() {
  std::string vendor;
  std::getline(std::ifstream("/sys/devices/virtual/dmi/id/sys_vendor"), vendor);
  return vendor == "Amazon EC2" && value_or("AWS_EC2_METADATA_DISABLED", "false") != "true";
}

bool anywhere() {
  return in_environment() || by_web_identity() || in_profile() || of_container() || of_instance();
}

/// What only the daemon itself can know.
bool assumed() {
  return true;
}

/// The providers of the AWS SDK and of the daemon, by what they need.
struct Provider {
  std::string_view name;
  bool (*has_credentials)();
};
constexpr std::array<Provider, 14> kProviders{{
    {.name = "DefaultCredentialsProvider", .has_credentials = anywhere},
    {.name = "EnvironmentVariableCredentialsProvider", .has_credentials = in_environment},
    {.name = "ProfileCredentialsProvider", .has_credentials = in_profile},
    {.name = "WebIdentityTokenFileCredentialsProvider", .has_credentials = by_web_identity},
    {.name = "ContainerCredentialsProvider", .has_credentials = of_container},
    {.name = "InstanceProfileCredentialsProvider", .has_credentials = of_instance},
    // A role is assumed with what the default provider finds.
    {.name = "StsAssumeRoleCredentialsProvider", .has_credentials = anywhere},
    {.name = "KclStsAssumeRoleCredentialsProvider", .has_credentials = anywhere},
    {.name = "AnonymousCredentialsProvider", .has_credentials = assumed},
    {.name = "AwsCredentialsProviderChain", .has_credentials = assumed},
    {.name = "HttpCredentialsProvider", .has_credentials = assumed},
    {.name = "ProcessCredentialsProvider", .has_credentials = assumed},
    {.name = "StaticCredentialsProvider", .has_credentials = assumed},
    {.name = "SystemPropertyCredentialsProvider", .has_credentials = assumed},
}};

/// "A, B|argument" is two providers; the daemon takes the first that has credentials.
std::vector<std::string> names_in(std::string_view value) {
  std::vector<std::string> names;
  for (const auto part : std::views::split(value, ',')) {
    std::string_view name(part.begin(), part.end());
    name = name.substr(0, name.find('|'));
    const std::size_t first = name.find_first_not_of(' ');
    if (first == name.npos) continue;
    names.emplace_back(name.substr(first, name.find_last_not_of(' ') + 1 - first));
  }
  return names;
}

void found_unknown(const PropertiesFile& file, const Property& property, const std::string& name,
                   Diagnosis& diagnosis) {
  std::array<std::string_view, kProviders.size()> known;
  std::ranges::transform(kProviders, known.begin(), &Provider::name);
  const auto meant = limits::nearest_word(name, known);
  diagnosis.found(file, &property,
                  "no provider of credentials is called " + limits::in_quotes(name) + limits::did_you_mean(name, known),
                  "The daemon passes over it, and gives up after 20 tries without credentials, with exit code 0.",
                  property.key + " = " + std::string(meant.value_or("DefaultCredentialsProvider")));
}

}  // namespace

void check_credentials(const PropertiesFile& file, Diagnosis& diagnosis) {
  const Property* property = file.find("awsCredentialsProvider");
  if (property == nullptr || property->value.empty()) return;
  const std::size_t before = diagnosis.findings.size();
  bool has = false;
  for (const std::string& name : names_in(property->value)) {
    const auto provider = std::ranges::find(kProviders, name, &Provider::name);
    if (provider != kProviders.end()) {
      has = has || provider->has_credentials();
    } else if (name.contains('.')) {
      has = true;  // a class of the user's own
    } else {
      found_unknown(file, *property, name, diagnosis);
    }
  }
  if (!has && diagnosis.findings.size() == before) {
    diagnosis.found(file, property, property->value + " finds no credentials here",
                    "Without credentials the daemon gives up after 20 tries, with exit code 0.",
                    "export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…");
  }
  diagnosis.well_unless_found(before, "credentials for " + property->value);
}

}  // namespace cli
