#include "kube/list_stream.h"

#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using std::string_literals::operator""s;

struct Got {
  std::vector<std::string> objects;
  Result<ListEnd> end = ListEnd{};
};

template <class Stream>
Got read(std::string_view bytes, std::size_t step) {
  Got got;
  Stream stream([&](std::string_view object) -> Result<void> {
    got.objects.emplace_back(object);
    return {};
  });
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    if (auto fed = stream.feed(piece); !fed) {
      got.end = std::unexpected(std::move(fed).error());
      return got;
    }
  }
  got.end = stream.finish();
  return got;
}

constexpr std::size_t kSteps[] = {1, 2, 7, 100'000'000};

TEST(JsonList, HandsOutObjectsHoweverTheyArrive) {
  const std::string list =
      R"({"kind":"PodList","metadata":{"resourceVersion":"7","continue":"a\"b"},"items":[)"
      R"({"a":"}]\"{"} , {"b":[1,{"c":[]}]},{}],"note":{"items":[1]}})";
  for (std::size_t step : kSteps) {
    Got got = read<JsonListStream>(list, step);
    ASSERT_TRUE(got.end) << got.end.error().message;
    EXPECT_THAT(got.objects, ElementsAre(R"({"a":"}]\"{"})", R"({"b":[1,{"c":[]}]})", "{}"));
    EXPECT_EQ(got.end->resume, "a\"b");
    EXPECT_EQ(got.end->resource_version, "7");
  }
}

TEST(JsonList, MayHaveNoObjects) {
  for (const char* list : {R"({"items":[]})", R"({"items":null,"metadata":{}})", "{ \"items\" : [ \n ] }"}) {
    Got got = read<JsonListStream>(list, 3);
    EXPECT_TRUE(got.end) << list;
    EXPECT_TRUE(got.objects.empty());
  }
}

TEST(JsonList, WhatIsNoListIsRefused) {
  struct Case {
    std::string text;
    const char* part;
  };
  const Case cases[] = {
      {"", "no JSON"},
      {"<html>", "no JSON"},
      {"{}", "no items"},
      {R"({"kind":"Status"})", "no items"},
      {R"({"metadata":{"items":[{}]}})", "no items"},
      {R"({"items":{}})", "no items"},
      {R"({"items":[1]})", "something else"},
      {R"({"items":[{},]})", "something else"},
      {R"({"items":[{} {}]})", "something else"},
      {R"({"items":[,{}]})", "something else"},
      {R"({"items":[{"a":1)", "cut off"},
      {R"({"items":[{}])", "no JSON"},
      {R"({"items":[{}]}})", "no JSON"},
      {R"({"items":[]} trailing)", "no JSON"},
      {"{\"a\":\"" + std::string(1'100'000, 'x') + "\"}", "too large"},
      {R"({"items":[{"a":")" + std::string(kMostObjectBytes, 'x'), "an object is larger"},
  };
  for (const Case& c : cases) {
    Got got = read<JsonListStream>(c.text, 65536);
    ASSERT_FALSE(got.end) << quote(c.text);
    EXPECT_EQ(got.end.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(got.end.error().message, HasSubstr(c.part)) << quote(c.text);
  }
}

std::string field(int number, const std::string& bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  std::size_t size = bytes.size();
  for (; size >= 128; size >>= 7) out += static_cast<char>(size | 0x80);
  return out + static_cast<char>(size) + bytes;
}

std::string envelope(const std::string& list) {
  return "k8s\0"s + field(1, field(1, "v1") + field(2, "PodList")) + field(2, list) + field(3, "") +
         field(4, "");
}

TEST(ProtobufList, HandsOutObjectsHoweverTheyArrive) {
  const std::string big(200, 'b');
  const std::string list = field(1, field(2, "7") + field(3, "more")) + field(2, "one") + field(9, "new") +
                           field(2, "") + field(2, big);
  for (std::size_t step : kSteps) {
    Got got = read<ProtobufListStream>(envelope(list), step);
    ASSERT_TRUE(got.end) << got.end.error().message;
    EXPECT_THAT(got.objects, ElementsAre("one", "", big));
    EXPECT_EQ(got.end->resume, "more");
    EXPECT_EQ(got.end->resource_version, "7");
  }
}

TEST(ProtobufList, WhatIsNoListIsRefused) {
  const std::string good = envelope(field(2, "one"));
  struct Case {
    std::string bytes;
    const char* part;
  };
  const Case cases[] = {
      {"", "cut off"},
      {"k8s", "cut off"},
      {"k8s\0"s, "cut off"},
      {"{\"kind\":1}", "protobuf"},
      {good.substr(0, good.size() - 5), "cut off"},
      {"k8s\0"s + "\x12\x7f" + field(2, "one"), "cut off"},
      {"k8s\0"s + field(2,
                        "\x12\x7f"
                        "one"),
       "broken"},  // longer than what it lies in
      {"k8s\0"s + "\x0b", "broken"},
      {"k8s\0"s + field(2, "\x12\xff\xff\xff\xff\x0f"), "larger"},  // 4 GiB
  };
  for (const Case& c : cases)
    for (std::size_t step : kSteps) {
      Got got = read<ProtobufListStream>(c.bytes, step);
      ASSERT_FALSE(got.end) << ::testing::PrintToString(c.bytes);
      EXPECT_THAT(got.end.error().message, HasSubstr(c.part)) << ::testing::PrintToString(c.bytes);
    }
}

TEST(ProtobufList, AStatusSaysWhatWentWrong) {
  const std::string body = "k8s\0"s + field(1, "") + field(2, field(3, "no") + field(4, "Forbidden"));
  EXPECT_EQ(protobuf_status_message(body), "no");
  EXPECT_EQ(protobuf_status_reason(body), "Forbidden");
  EXPECT_EQ(protobuf_status_message("{}"), "");
}

}  // namespace
}  // namespace eidos::kube
