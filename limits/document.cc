#include "limits/document.h"

#include <algorithm>
#include <charconv>

#include "limits/wording.h"

namespace limits {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kKeptNodes = 16 * 1024;

std::optional<std::uint32_t> index_in(std::string_view key) {
  std::uint32_t index = 0;
  const char* const end = key.data() + key.size();
  const auto [stopped, error] = std::from_chars(key.data(), end, index);
  if (key.empty() || stopped != end || error != std::errc() || (key.size() > 1 && key.front() == '0')) return {};
  return index;
}

/// A key of a pointer, its escapes undone.
std::optional<std::string> unescaped(std::string_view key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] != '~') {
      out += key[i];
      continue;
    }
    if (++i == key.size() || (key[i] != '0' && key[i] != '1')) return std::nullopt;
    out += key[i] == '0' ? '~' : '/';
  }
  return out;
}

/// The four digits of a \u escape.
std::uint32_t code_unit(std::string_view digits) {
  std::uint32_t unit = 0;
  std::from_chars(digits.data(), digits.data() + 4, unit, 16);
  return unit;
}

char* write_utf8(char* out, std::uint32_t character) {
  const auto tail = [&](int shift) { *out++ = static_cast<char>(0x80 | (character >> shift & 0x3F)); };
  if (character < 0x80) {
    *out++ = static_cast<char>(character);
  } else if (character < 0x800) {
    *out++ = static_cast<char>(0xC0 | character >> 6);
    tail(0);
  } else if (character < 0x10000) {
    *out++ = static_cast<char>(0xE0 | character >> 12);
    tail(6);
    tail(0);
  } else {
    *out++ = static_cast<char>(0xF0 | character >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

/// Undoes the escapes of a string that is known to be good. Returns the end of what was written, which is shorter.
char* unescape(std::string_view text, char* out) {
  constexpr std::string_view kLetters = "bfnrt";
  constexpr std::string_view kControls = "\b\f\n\r\t";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      *out++ = text[i];
    } else if (text[++i] != 'u') {
      const std::size_t letter = kLetters.find(text[i]);
      *out++ = letter == std::string_view::npos ? text[i] : kControls[letter];
    } else {
      std::uint32_t character = code_unit(text.substr(i + 1));
      i += 4;
      if (character >= 0xD800 && character < 0xDC00) {
        character = 0x10000 + ((character - 0xD800) << 10) + (code_unit(text.substr(i + 3)) - 0xDC00);
        i += 6;
      }
      out = write_utf8(out, character);
    }
  }
  return out;
}

bool ends_scalar(char c) {
  return std::string_view(",]} \t\r\n").contains(c);
}

Value scalar(std::string_view token) {
  if (token == "null") return {Value::Kind::kNull, {}};
  return {token == "true" || token == "false" ? Value::Kind::kBoolean : Value::Kind::kNumber, token};
}

}  // namespace

std::optional<Pointer> Pointer::parse(std::string_view text) {
  Pointer pointer;
  pointer.text_ = text;
  if (!text.empty() && text.front() != '/') return std::nullopt;
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::string_view key = text.substr(0, text.find('/'));
    text.remove_prefix(key.size());
    auto plain = unescaped(key);
    if (!plain) return std::nullopt;
    const auto index = index_in(*plain);
    pointer.steps_.push_back({std::move(*plain), index});
  }
  return pointer;
}

/// The text is known to be JSON, so this only tells its tokens apart, with no call for each level of nesting.
std::optional<Fault> Document::read(std::string_view json, Arena& arena) {
  if (nodes_.capacity() > kKeptNodes) nodes_ = {};
  nodes_.clear();
  open_.clear();
  key_.reset();
  if (json.starts_with(kByteOrderMark)) json.remove_prefix(kByteOrderMark.size());
  const char* const end = json.data() + json.size();
  for (const char* next = json.data(); next < end;) {
    if (*next == '"') {
      const std::string_view text = read_string(next, arena);
      const bool is_key = !open_.empty() && nodes_[open_.back()].value.kind == Value::Kind::kObject && !key_;
      if (is_key) {
        key_ = text;
      } else {
        add({Value::Kind::kString, text});
      }
    } else if (*next == '{' || *next == '[') {
      open_.push_back(static_cast<std::uint32_t>(nodes_.size()));
      add({*next++ == '{' ? Value::Kind::kObject : Value::Kind::kArray, {}});
    } else if (*next == '}' || *next == ']') {
      if (auto fault = close()) return fault;
      ++next;
    } else if (*next == ':' || ends_scalar(*next)) {
      ++next;
    } else {
      const char* const token_end = std::find_if(next, end, ends_scalar);
      add(scalar({next, token_end}));
      next = token_end;
    }
  }
  return std::nullopt;
}

std::string_view Document::read_string(const char*& next, Arena& arena) {
  const char* const begin = ++next;
  bool has_escapes = false;
  for (; *next != '"'; ++next) {
    if (*next != '\\') continue;
    has_escapes = true;
    ++next;
  }
  const auto size = static_cast<std::size_t>(next++ - begin);
  if (!has_escapes) return {begin, size};
  char* const out = arena.reserve(size);
  return arena.commit(static_cast<std::size_t>(unescape({begin, size}, out) - out));
}

void Document::add(Value value) {
  const auto end = static_cast<std::uint32_t>(nodes_.size() + 1);
  nodes_.push_back({value, key_.value_or(std::string_view()), end});
  key_.reset();
}

std::optional<Fault> Document::close() {
  const std::uint32_t closed = open_.back();
  nodes_[closed].end = static_cast<std::uint32_t>(nodes_.size());
  const auto repeated = repeated_key(closed);
  if (!repeated) {
    open_.pop_back();
    return std::nullopt;
  }
  return Fault{Reason::kBadJson, place_of_open() + shown(*repeated) + ": expected once, found twice"};
}

std::optional<std::string_view> Document::repeated_key(std::uint32_t object) {
  if (nodes_[object].value.kind != Value::Kind::kObject) return std::nullopt;
  keys_.clear();
  for (std::uint32_t i = object + 1; i < nodes_[object].end; i = nodes_[i].end) keys_.push_back(nodes_[i].key);
  std::ranges::sort(keys_);
  const auto repeated = std::ranges::adjacent_find(keys_);
  return repeated == keys_.end() ? std::nullopt : std::optional(*repeated);
}

/// "payload." for what stands in there; the elements of arrays have no name.
std::string Document::place_of_open() const {
  std::string place;
  for (const std::uint32_t each : open_) {
    if (!nodes_[each].key.empty()) place.append(shown(nodes_[each].key)).append(".");
  }
  return place;
}

Value Document::at(const Pointer& pointer) const {
  const Node* node = &nodes_.front();
  for (const Pointer::Step& step : pointer.steps()) {
    node = child(*node, step);
    if (!node) return {};
  }
  return node->value;
}

const Document::Node* Document::child(const Node& parent, const Pointer::Step& step) const {
  const bool is_object = parent.value.kind == Value::Kind::kObject;
  if (!is_object && (parent.value.kind != Value::Kind::kArray || !step.index)) return nullptr;
  std::uint32_t place = 0;
  for (auto i = static_cast<std::uint32_t>(&parent - nodes_.data()) + 1; i < parent.end; i = nodes_[i].end, ++place) {
    if (is_object ? nodes_[i].key == step.key : place == *step.index) return &nodes_[i];
  }
  return nullptr;
}

}  // namespace limits
