// Layers as the command line takes them: directories, archives by digest, and locks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/text.h"
#include "cli/command.h"
#include "support/fake_world.h"
#include "support/tar.h"

namespace eidos::cli {
namespace {

using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kOverlay =
    "kind: RecipeMetadata\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {name: mine}\n"
    "spec: {criteria: {service: oke}}\n";

std::string archive() {
  return testing::gzip(testing::tar_entry("overlays/mine.yaml", kOverlay) + testing::tar_end());
}

bool has_flag(const Command& command, std::string_view name) {
  for (const Flag& flag : command.flags)
    if (flag.name == name) return true;
  return false;
}

TEST(Layers, EveryCommandThatTakesThemTakesAllThatBelongsToThem) {
  for (const Command* command : all_commands()) {
    if (!has_flag(*command, "data")) continue;
    EXPECT_TRUE(has_flag(*command, "catalog")) << command->name;
    EXPECT_TRUE(has_flag(*command, "ca-file")) << command->name << " cannot fetch layers from https://";
    // One makes the lock, the other looks for what is wrong, locked or not.
    bool free = command->name == "catalog lock" || command->name == "catalog lint";
    EXPECT_TRUE(has_flag(*command, "lock") || free) << command->name;
  }
}

TEST(Layers, AnArchiveComesByFileOrByUrlAndDigest) {
  const std::string digest = sha256_hex(archive());
  FakeWorld fake;
  fake.files.put("l.tar.gz", archive());
  fake.remote["https://me:hunter2@host/l.tar.gz?token=hunter2"] = archive();
  EXPECT_EQ(fake.run({"recipe", "--service", "oke", "--data", "l.tar.gz", "-o", "a.yaml"}), 0) << fake.err;
  EXPECT_EQ(fake.run({"recipe", "--service", "oke", "--data", "l.tar.gz#sha256:" + digest, "-o", "b.yaml"}),
            0)
      << fake.err;
  EXPECT_EQ(fake.run({"recipe", "--service", "oke", "--data",
                      "https://me:hunter2@host/l.tar.gz?token=hunter2#sha256:" + digest, "-o", "c.yaml",
                      "--ca-file", "ca.pem"}),
            0)
      << fake.err;
  EXPECT_EQ(fake.fetched.at(0).ca_file, "ca.pem");
  const std::string& by_url = fake.files.files().at("c.yaml");
  EXPECT_THAT(by_url, HasSubstr("    - mine\ncriteria:\n"));
  EXPECT_THAT(by_url, HasSubstr("name: https://host/l.tar.gz\n"));
  EXPECT_THAT(by_url, Not(HasSubstr("hunter2")));
  EXPECT_EQ(fake.files.files().at("a.yaml"), fake.files.files().at("b.yaml"));
  EXPECT_EQ(fake.run({"bundle", "-r", "c.yaml", "--data", "l.tar.gz", "-o", "out", "-q"}), 0)
      << "the way a layer came is no part of it: " << fake.err;
}

TEST(Layers, ACatalogThatChangedElsewhereIsADebugLineToBundle) {
  FakeWorld fake;
  fake.files.put("d/overlays/mine.yaml", kOverlay);
  EXPECT_EQ(fake.run({"recipe", "--service", "eks", "-q", "-o", "r.yaml"}), 0) << fake.err;
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "--data", "d", "-o", "b"}), 0) << fake.err;
  EXPECT_THAT(fake.err, Not(HasSubstr("the recipe was made from")));
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "--data", "d", "-o", "b", "--debug"}), 0) << fake.err;
  EXPECT_THAT(fake.err, HasSubstr("the catalog is not the one the recipe was made from"));
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "-o", "b", "--debug"}), 0) << fake.err;
  EXPECT_THAT(fake.err, Not(HasSubstr("the catalog is not the one the recipe was made from")));
}

TEST(Layers, WhatIsNotTheLayerAskedForIsRefused) {
  const std::string digest = sha256_hex(archive());
  const std::string other(64, '0');
  struct Case {
    std::string layer;
    int code;
    std::string want;
  };
  const Case kCases[] = {
      {"https://host/l.tar.gz", 2, "error: https://host/l.tar.gz: a layer from the network needs its digest"},
      {"https://host/l.tar.gz#sha256:12", 2, "behind '#sha256:' has 2 characters where 64 hex digits belong"},
      {"https://host/l.tar.gz#sha256:" + other, 2,
       "error: https://host/l.tar.gz: is not the archive asked for: its digest is sha256:" + digest},
      {"https://host/none#sha256:" + digest, 3, "404"},
      {"l.tar.gz#sha256:" + other, 2, "error: l.tar.gz: is not the archive asked for"},
      {"dir#sha256:" + digest, 2, "error: dir: only an archive has a digest here"},
      {"x/l.yaml", 2, "error: x/l.yaml: it is neither a zip nor a tar.gz archive"},
      {"x/l.yml", 3, "did you mean 'x/l.yaml'?"},
      {"oci://host/l#sha256:" + digest, 2, "sources of kind 'oci' are not read"},
  };
  for (const Case& c : kCases) {
    FakeWorld fake;
    fake.files.put("l.tar.gz", archive());
    fake.files.put("dir/overlays/mine.yaml", kOverlay);
    fake.files.put("x/l.yaml", "x: 1\n");
    fake.remote["https://host/l.tar.gz"] = archive();
    EXPECT_EQ(fake.run({"recipe", "--data", c.layer}), c.code) << c.layer;
    EXPECT_THAT(fake.err, HasSubstr(c.want));
    EXPECT_EQ(fake.out(), "");
  }
}

TEST(Layers, ALockHoldsEveryLaterRun) {
  FakeWorld fake;
  fake.files.put("d/overlays/mine.yaml", kOverlay);
  EXPECT_EQ(fake.run({"catalog", "lock", "--data", "d"}), 0) << fake.err;
  EXPECT_THAT(fake.out(), HasSubstr("locked 2 layers, "));
  const std::string lock = fake.files.files().at("eidos.lock");
  EXPECT_EQ(fake.run({"recipe", "--data", "d", "-o", "r.yaml"}), 0) << fake.err;
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "--data", "d", "-o", "b"}), 0) << fake.err;
  EXPECT_EQ(fake.run({"recipe"}), 2);
  EXPECT_THAT(fake.err, HasSubstr("eidos.lock: the catalog is locked to the layers embedded, d; this run has "
                                  "embedded; give the same --catalog and --data"));
  fake.files.put("d/overlays/mine.yaml", cat(kOverlay, "# changed\n"));
  for (const char* command : {"recipe", "bundle"}) {
    std::vector<std::string> arguments{command, "--data", "d", "-o", "new"};
    if (arguments[0] == "bundle") arguments.insert(arguments.end(), {"-r", "r.yaml"});
    EXPECT_EQ(fake.run(arguments), 2) << command;
    EXPECT_THAT(
        fake.err,
        HasSubstr("eidos.lock: catalog layer 'd' is not what was locked: overlays/mine.yaml changed"));
    arguments.insert(arguments.end(), {"--lock", "none"});
    EXPECT_EQ(fake.run(arguments), 0) << fake.err;
  }
  fake.files.put("locks/old", lock);
  EXPECT_EQ(fake.run({"catalog", "lock", "--data", "d"}), 0) << "a lock does not hold its own renewal";
  EXPECT_EQ(fake.run({"recipe", "--data", "d", "-o", "new"}), 0) << fake.err;
  EXPECT_EQ(fake.run({"recipe", "--data", "d", "--lock", "locks/old"}), 2);
  EXPECT_EQ(fake.run({"recipe", "--lock", "locks/odl"}), 3);
  EXPECT_THAT(fake.err, HasSubstr("did you mean 'locks/old'?"));
  fake.files.put("eidos.lock", "kind: CatalogLock\n");
  EXPECT_EQ(fake.run({"recipe"}), 2);
  EXPECT_THAT(fake.err, HasSubstr("key 'apiVersion' is missing"));
}

}  // namespace
}  // namespace eidos::cli
