#include "aws/credentials.h"

#include <cstdlib>

namespace aws {
namespace {

class CredentialsFromEnvironment : public testing::Test {
 protected:
  CredentialsFromEnvironment() {
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}) unsetenv(name);
  }
};

TEST_F(CredentialsFromEnvironment, AreTheThreeVariables) {
  setenv("AWS_ACCESS_KEY_ID", "id", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
  setenv("AWS_SESSION_TOKEN", "token", 1);
  const auto found = credentials_from_environment();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "id");
  EXPECT_EQ(found->secret_access_key, "secret");
  EXPECT_EQ(found->session_token, "token");
}

TEST_F(CredentialsFromEnvironment, DoNotNeedASessionToken) {
  setenv("AWS_ACCESS_KEY_ID", "id", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
  ASSERT_TRUE(credentials_from_environment());
}

TEST_F(CredentialsFromEnvironment, NameWhatMustBeSet) {
  EXPECT_THAT(credentials_from_environment().error().what,
              testing::HasSubstr("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
  setenv("AWS_ACCESS_KEY_ID", "id", 1);
  EXPECT_THAT(credentials_from_environment().error().what, testing::HasSubstr("set AWS_SECRET_ACCESS_KEY (and"));
}

}  // namespace
}  // namespace aws
