#include "kcl/internal/base64.h"

#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace kcl::internal {
namespace {

std::optional<std::string> decoded(std::string text) {
  const auto length = decode_base64_in_place(text);
  if (!length) return std::nullopt;
  return text.substr(0, *length);
}

/// The definition, bit by bit: what the decoder is held against.
std::string encoded(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 6) {
    unsigned sextet = 0;
    for (std::size_t i = bit; i < bit + 6; ++i) {
      const unsigned byte = i / 8 < bytes.size() ? static_cast<unsigned char>(bytes[i / 8]) : 0;
      sextet = sextet << 1 | (byte >> (7 - i % 8) & 1);
    }
    text += kAlphabet[sextet];
  }
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

TEST(Base64, DecodesTheExamplesOfTheRfc) {
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("Zg=="), "f");
  EXPECT_EQ(decoded("Zm8="), "fo");
  EXPECT_EQ(decoded("Zm9v"), "foo");
  EXPECT_EQ(decoded("Zm9vYg=="), "foob");
  EXPECT_EQ(decoded("Zm9vYmE="), "fooba");
  EXPECT_EQ(decoded("Zm9vYmFy"), "foobar");
}

TEST(Base64, DecodesBytesOfEveryLengthAndValue) {
  std::mt19937 random(20240401);
  for (std::size_t length = 0; length < 200; ++length) {
    std::string bytes(length, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(decoded(encoded(bytes)), bytes) << "length " << length;
  }
}

TEST(Base64, RefusesALengthThatIsNoMultipleOfFour) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zm9vY", "Zm9vYg=", "Zm9vYmFyZ"})
    EXPECT_EQ(decoded(text), std::nullopt) << text;
}

TEST(Base64, RefusesPaddingAnywhereButAtTheEnd) {
  for (const char* text : {"=", "====", "Z===", "Zg==Zm9v", "Zm=v", "=m9v", "Zm9vZ==="}) {
    EXPECT_EQ(decoded(text), std::nullopt) << text;
  }
}

TEST(Base64, RefusesBitsThatNoEncoderSets) {
  EXPECT_EQ(decoded("Zh=="), std::nullopt);
  EXPECT_EQ(decoded("Zm9="), std::nullopt);
}

TEST(Base64, RefusesEveryByteOutsideTheAlphabetAtEveryPlaceAndLeavesTheTextAsItWas) {
  // Longer than what is decoded at once, and with a rest.
  const std::string good = encoded("the quick brown fox jumps over the lazy dog and the very old cat");
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      if (alphabet.find(static_cast<char>(byte)) != alphabet.npos || (byte == '=' && good[place] == '=')) continue;
      if (byte == '=' && place == good.size() - 3) continue;
      std::string text = good;
      text[place] = static_cast<char>(byte);
      const std::string before = text;
      ASSERT_EQ(decode_base64_in_place(text), std::nullopt) << "byte " << byte << " at " << place;
      ASSERT_EQ(text, before);
    }
  }
}

}  // namespace
}  // namespace kcl::internal
