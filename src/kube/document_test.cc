#include "kube/document.h"

#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/deflate.h"
#include "base/sha256.h"
#include "base/text.h"
#include "data/document.h"
#include "kube/tree.h"
#include "support/fake_api_server.h"

namespace eidos::kube {
namespace {

using testing::ApiClient;
using testing::ApiRequest;
using ::testing::ElementsAre;
using testing::FakeApiServer;
using ::testing::HasSubstr;
using testing::json_answer;
using ::testing::SizeIs;
using testing::status_answer;

/// ConfigMaps in memory; apply replaces what is there.
class Store {
 public:
  std::map<std::string, std::string> objects;  ///< By path, as JSON.
  std::map<std::string, int> refuse;           ///< "PATCH /…" → status.
  FakeApiServer server{[this](const ApiRequest& asked) { return reply(asked); }};

 private:
  std::string reply(const ApiRequest& asked) {
    const std::string path = asked.target.substr(0, asked.target.find('?'));
    if (auto found = refuse.find(cat(asked.method, " ", path)); found != refuse.end())
      return status_answer(found->second, "Refused", "conflict with \\\"kubectl\\\" using v1");
    if (asked.method == "PATCH") objects[path] = asked.body;
    auto found = objects.find(path);
    if (found == objects.end()) return status_answer(404, "NotFound", "not found");
    std::string body = found->second;
    if (asked.method == "DELETE") objects.erase(found);
    return json_answer(200, body);
  }
};

constexpr const char* kPath = "/api/v1/namespaces/ns/configmaps/doc";
const ConfigMapName kWhere{"ns", "doc"};

StoredDocument document(std::string text) {
  return {.text = std::move(text),
          .kind = "Snapshot",
          .format = "yaml",
          .time = "2026-01-02T18:01:13Z",
          .version = "1.0+x"};
}

/// Text that does not compress.
std::string noise(std::size_t size) {
  std::minstd_rand dice(7);
  std::string out(size, ' ');
  for (char& c : out) c = static_cast<char>(33 + dice() % 90);
  return out;
}

TEST(ConfigMapDocument, NamesAreChecked) {
  struct Case {
    const char* text;
    bool good;
  };
  const Case cases[] = {{"cm://ns/name", true},   {"CM://ns/na.me-1", true}, {"cm://", false},
                        {"cm://ns", false},       {"cm://ns/", false},       {"cm:///name", false},
                        {"cm://ns/a/b", false},   {"cm://Ns/name", false},   {"cm://ns/na_me", false},
                        {"cm://n.s/name", false}, {"cm://ns/-a", false},     {"cm://ns/a.", false},
                        {"cm:// ns / a ", false}, {"cm://ns/a?b", false},    {"cm://ns/../a", false}};
  for (const Case& c : cases) {
    EXPECT_TRUE(is_config_map(c.text)) << c.text;
    auto got = parse_config_map(c.text);
    EXPECT_EQ(got.has_value(), c.good) << c.text;
    if (!got) {
      EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    }
  }
  EXPECT_FALSE(is_config_map("cm:/x"));
  EXPECT_FALSE(is_config_map("./cm://x/y"));
  EXPECT_FALSE(parse_config_map("cm://" + std::string(64, 'n') + "/x"));
}

TEST(ConfigMapDocument, ASmallOneIsThereToRead) {
  Store store;
  ApiClient api(store.server.url());
  auto written = write_config_map(api.client(), kWhere, document("kind: Snapshot\n"), {});
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(
      store.objects[kPath],
      cat(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"doc","namespace":"ns","labels":{)",
          R"("app.kubernetes.io/name":"eidos","app.kubernetes.io/component":"snapshot",)",
          R"("app.kubernetes.io/version":"1.0_x","eidos-snapshot":"true"}},"data":{"format":"yaml",)",
          R"("timestamp":"2026-01-02T18:01:13Z","digest":"sha256:)", sha256_hex("kind: Snapshot\n"),
          R"(","snapshot.yaml":"kind: Snapshot\n"}})"));
  EXPECT_THAT(store.server.asked(),
              ElementsAre(cat("GET ", kPath), cat("PATCH ", kPath, "?fieldManager=eidos")));
  EXPECT_EQ(read_config_map(api.client(), kWhere, {}).value(), "kind: Snapshot\n");
}

TEST(ConfigMapDocument, ALargeOneIsCompressedAndAVeryLargeOneSplit) {
  struct Case {
    std::string text;
    std::size_t objects;
  };
  const Case cases[] = {{std::string(900 * 1024, 'x'), 1},
                        {std::string(900 * 1024 + 1, 'x'), 1},
                        {std::string(5'000'000, 'y'), 1},
                        {noise(3'000'000), 4},
                        {"", 1}};
  Store store;
  ApiClient api(store.server.url());
  for (const Case& c : cases) {
    auto written = write_config_map(api.client(), kWhere, document(c.text), {});
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_THAT(store.objects, SizeIs(c.objects)) << c.text.size();  // what an earlier one left is gone
    auto read = read_config_map(api.client(), kWhere, {});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, c.text);
    for (const auto& [path, object] : store.objects) EXPECT_LT(object.size(), 1400 * 1024) << path;
  }
  auto refused = write_config_map(api.client(), kWhere, document(std::string(17 * 1024 * 1024, 'x')), {});
  EXPECT_EQ(refused.error().kind, ErrorKind::Invalid);
}

TEST(ConfigMapDocument, OnlyOursIsTakenOver) {
  Store store;
  ApiClient api(store.server.url());
  store.objects[kPath] = R"({"metadata":{"labels":{"app.kubernetes.io/name":"other"}}})";
  store.refuse[cat("PATCH ", kPath)] = 409;
  auto written = write_config_map(api.client(), kWhere, document("a: 1\n"), {});
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("409 Conflict: conflict with \"kubectl\""));
  EXPECT_EQ(store.server.asked().back(), cat("PATCH ", kPath, "?fieldManager=eidos"));
  for (const char* ours : {"eidos", "aicr"}) {
    store.objects[kPath] = cat(R"({"metadata":{"labels":{"app.kubernetes.io/name":")", ours, R"("}}})");
    (void)write_config_map(api.client(), kWhere, document("a: 1\n"), {});
    EXPECT_EQ(store.server.asked().back(), cat("PATCH ", kPath, "?fieldManager=eidos&force=true")) << ours;
  }
}

TEST(ConfigMapDocument, IsWrittenWithoutTheRightToLook) {
  Store store;
  store.refuse[cat("GET ", kPath)] = 403;
  ApiClient api(store.server.url());
  EXPECT_TRUE(write_config_map(api.client(), kWhere, document("a: 1\n"), {}));
}

std::string object(const std::string& data, const std::string& binary = "{}") {
  return cat(R"({"data":)", data, R"(,"binaryData":)", binary, "}");
}

TEST(ConfigMapDocument, WhatOlderToolsWroteIsRead) {
  const char* const cases[] = {R"({"snapshot.yaml":"x","format":"yaml","timestamp":"t"})",
                               R"({"snapshot.json":"x","format":"json"})",
                               R"({"snapshot.yaml":"x"})",
                               R"({"snapshot.json":"x"})",
                               R"({"recipe.yaml":"x"})",
                               R"({"snapshot.json":"x","format":"yaml"})",
                               R"({"snapshot.yaml":"x","recipe.yaml":"y"})",
                               R"({"a.json":"x","format":"json","readme.txt":"z"})"};
  for (const char* data : cases) {
    Store store;
    store.objects[kPath] = object(data);
    ApiClient api(store.server.url());
    auto read = read_config_map(api.client(), kWhere, {});
    ASSERT_TRUE(read) << data << read.error().message;
    EXPECT_EQ(*read, "x") << data;
  }
}

TEST(ConfigMapDocument, WhatIsNotWholeIsRefused) {
  const std::string digest = cat("sha256:", sha256_hex("text"));
  const std::string packed = to_base64(gzip("text"));
  struct Case {
    std::string object;
    ErrorKind kind;
    const char* part;
  };
  const Case cases[] = {
      {"{}", ErrorKind::NotFound, "no document in it"},
      {object(R"({"format":"yaml"})"), ErrorKind::NotFound, "no document in it"},
      {object(R"({"format":"table","snapshot.txt":"x"})"), ErrorKind::Invalid, "a table"},
      {object(R"({"a.yaml":"x","b.yaml":"y"})"), ErrorKind::Invalid, "several documents: a.yaml, b.yaml"},
      {object(cat(R"({"snapshot.yaml":"tex","digest":")", digest, "\"}")), ErrorKind::Invalid,
       "changed or cut"},
      {object(R"({"encoding":"gzip"})"), ErrorKind::Invalid, "one compressed document"},
      {object(R"({"encoding":"gzip"})", R"({"a.gz":"%"})"), ErrorKind::Invalid, "no usable 'a.gz'"},
      {object(R"({"encoding":"gzip"})", R"({"a.gz":"aGk="})"), ErrorKind::Invalid, "broken or cut"},
      {object(R"({"encoding":"gzip"})", cat(R"({"a.gz":")", to_base64(gzip("text").substr(0, 15)), "\"}")),
       ErrorKind::Invalid, "broken or cut"},
      {object(cat(R"({"encoding":"gzip","digest":")", std::string(71, 'x'), "\"}"),
              cat(R"({"a.gz":")", packed, "\"}")),
       ErrorKind::Invalid, "changed or cut"},
      {object(R"({"encoding":"gzip","parts":"2"})"), ErrorKind::Invalid, "manifest is broken"},
      {object(cat(R"({"encoding":"gzip","parts":"0","digest":")", digest, "\"}")), ErrorKind::Invalid,
       "manifest is broken"},
      {object(cat(R"({"encoding":"gzip","parts":"65","digest":")", digest, "\"}")), ErrorKind::Invalid,
       "manifest is broken"},
      {object(cat(R"({"encoding":"gzip","parts":"2","digest":")", digest, "\"}")), ErrorKind::Invalid,
       "part 1 of 2 is missing: cm://ns/doc-982d9e3eb9-1"},
  };
  for (const Case& c : cases) {
    Store store;
    store.objects[kPath] = c.object;
    ApiClient api(store.server.url());
    auto read = read_config_map(api.client(), kWhere, {});
    ASSERT_FALSE(read) << c.object;
    EXPECT_EQ(read.error().kind, c.kind) << c.object;
    EXPECT_THAT(read.error().message, HasSubstr(c.part)) << c.object;
    EXPECT_EQ(read.error().where, "cm://ns/doc") << c.object;
  }
  Store store;
  store.objects[kPath] = object(R"({"encoding":"gzip"})",
                                cat(R"({"a.gz":")", to_base64(gzip(std::string(17 << 20, 'x'))), "\"}"));
  ApiClient api(store.server.url());
  EXPECT_THAT(read_config_map(api.client(), kWhere, {}).error().message,
              HasSubstr("more than 16777216 bytes"));
}

}  // namespace
}  // namespace eidos::kube
