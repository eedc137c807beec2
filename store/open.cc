#include "store/open.h"

#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "limits/wording.h"
#include "store/memory/memory.h"
#include "store/sqlite/sqlite.h"

namespace store {
namespace {

constexpr std::string_view kForms = "The forms are sqlite:PATH[?history=on|off] and memory:[?history=on|off].";

/// What a URL says after its scheme.
struct Place {
  std::string path;
  bool history = true;
};

struct Scheme {
  std::string_view name;
  bool has_path;
  Result<std::unique_ptr<Store>> (*open)(const Place&);
  Result<std::unique_ptr<Reader>> (*open_reader)(const Place&);
};

constexpr std::array kSchemes = {
    Scheme{.name = "sqlite",
           .has_path = true,
           .open = [](const Place& place) { return sqlite::open(place.path, {.history = place.history}); },
           .open_reader = [](const Place& place) { return sqlite::open_reader(place.path); }},
    Scheme{.name = "memory",
           .has_path = false,
           .open = [](const Place& place) -> Result<std::unique_ptr<Store>> {
             return memory::open(memory::create({.history = place.history}));
           },
           .open_reader = [](const Place&) -> Result<std::unique_ptr<Reader>> {
             return std::unexpected(Error{Errc::kFatal,
                                          "store memory: is gone with the process that writes it, and nobody else can "
                                          "read it. Let both use sqlite:PATH."});
           }},
};

struct Target {
  const Scheme* scheme;
  Place place;
};

std::unexpected<Error> refused(std::string_view url, std::string_view why) {
  const std::string_view end = why.ends_with('?') ? "" : ".";
  return std::unexpected(
      Error{Errc::kFatal, fmt::format("store {}: {}{} {}", limits::in_quotes(url), why, end, kForms)});
}

Result<const Scheme*> find_scheme(std::string_view url, std::string_view name) {
  std::array<std::string_view, kSchemes.size()> names;
  for (std::size_t i = 0; i < kSchemes.size(); ++i) {
    if (kSchemes[i].name == name) return &kSchemes[i];
    names[i] = kSchemes[i].name;
  }
  return refused(
      url, fmt::format("no store has the scheme {}{}", limits::in_quotes(name), limits::did_you_mean(name, names)));
}

/// Reads "history=off" into the place.
Result<void> set_option(std::string_view url, std::string_view option, Place& place) {
  constexpr std::array<std::string_view, 1> kNames = {"history"};
  const std::size_t equals = option.find('=');
  const std::string_view name = option.substr(0, equals);
  const std::string_view value = equals == option.npos ? std::string_view{} : option.substr(equals + 1);
  if (name != kNames[0]) {
    return refused(
        url, fmt::format("no store has the option {}{}", limits::in_quotes(name), limits::did_you_mean(name, kNames)));
  }
  if (value != "on" && value != "off") {
    return refused(url, fmt::format("history is on or off, not {}", limits::in_quotes(value)));
  }
  place.history = value == "on";
  return {};
}

Result<Target> parse(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == url.npos) return refused(url, "it has no scheme");
  const Result<const Scheme*> scheme = find_scheme(url, url.substr(0, colon));
  if (!scheme) return std::unexpected(scheme.error());

  const std::string_view rest = url.substr(colon + 1);
  const std::size_t question = rest.find('?');
  Target target{.scheme = *scheme, .place = {.path = std::string(rest.substr(0, question))}};
  if ((*scheme)->has_path == target.place.path.empty()) {
    return refused(url, target.place.path.empty() ? "it names no path" : "this store takes no path");
  }
  if (question != rest.npos) {
    if (auto read = set_option(url, rest.substr(question + 1), target.place); !read) {
      return std::unexpected(std::move(read.error()));
    }
  }
  return target;
}

}  // namespace

Result<std::unique_ptr<Store>> open(std::string_view url) {
  const Result<Target> target = parse(url);
  if (!target) return std::unexpected(target.error());
  return target->scheme->open(target->place);
}

Result<std::unique_ptr<Reader>> open_reader(std::string_view url) {
  const Result<Target> target = parse(url);
  if (!target) return std::unexpected(target.error());
  return target->scheme->open_reader(target->place);
}

}  // namespace store
