#include "limits/sha256.h"

#include <gtest/gtest.h>

namespace limits {
namespace {

TEST(Sha256, GivesTheStandardsExamples) {
  EXPECT_EQ(to_hex(Sha256().finish()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 hash;
  hash.add("abc");
  EXPECT_EQ(to_hex(hash.finish()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, DoesNotSeeHowTheBytesWereCut) {
  Sha256 whole;
  whole.add("dead letters");
  Sha256 parts;
  parts.add("dead ");
  parts.add("");
  parts.add("letters");
  EXPECT_EQ(parts.finish(), whole.finish());
}

}  // namespace
}  // namespace limits
