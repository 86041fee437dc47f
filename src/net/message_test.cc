#include "net/message.h"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos::net {
namespace {

// What a server sent, a few bytes at a time, then the end of the connection.
class Canned final : public Channel {
 public:
  Canned(std::string bytes, std::size_t step) : bytes_(std::move(bytes)), step_(step) {}
  Result<std::size_t> read(std::span<char> into) override {
    std::size_t size = std::min({step_, bytes_.size(), into.size()});
    std::memcpy(into.data(), bytes_.data(), size);
    bytes_.erase(0, size);
    return size;
  }
  Result<void> write(std::string_view) override { return {}; }

 private:
  std::string bytes_;
  std::size_t step_;
};

constexpr std::size_t kSteps[] = {1, 3, 100'000};

TEST(Message, IsReadHoweverItArrives) {
  struct Case {
    const char* bytes;
    Answer want;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/yaml\r\n\r\nhello",
       {200, "", "text/yaml", "hello"}},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", {200, "", "", "hello"}},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", {200, "", "", ""}},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nT: v\r\n\r\n",
       {200, "", "", "hello"}},
      {"HTTP/1.1 200 OK\r\n\r\nto the end", {200, "", "", "to the end"}},
      {"HTTP/1.1 200 OK\r\n\r\n", {200, "", "", ""}},
      {"HTTP/1.0 200 OK\r\n\r\nold", {200, "", "", "old"}},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n\r\nx", {200, "", "", "x"}},
      {"HTTP/1.1 203 Fine\r\n\r\nx", {203, "", "", "x"}},
      {"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx",
       {200, "", "", "x"}},
      {"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 999999999\r\n\r\n", {302, "/x", "", ""}},
      {"HTTP/1.1 404 No\r\nContent-Length: 7\r\n\r\nmissing", {404, "", "", ""}},
      {"HTTP/1.1 204 No\r\n\r\n", {204, "", "", ""}},
  };
  for (const Case& c : cases) {
    for (std::size_t step : kSteps) {
      Canned channel(c.bytes, step);
      auto got = read_answer(channel, 1000);
      ASSERT_TRUE(got) << c.bytes << got.error().message;
      EXPECT_EQ(got->status, c.want.status);
      EXPECT_EQ(got->location, c.want.location);
      EXPECT_EQ(got->content_type, c.want.content_type);
      EXPECT_EQ(got->body, c.want.body);
    }
  }
}

TEST(Message, IsRefusedWithItsReason) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  struct Case {
    std::string bytes;
    ErrorKind kind;
    const char* part;
  };
  const Case cases[] = {
      {"", ErrorKind::Unavailable, "closed without an answer"},
      {"HTTP/1.1 2", ErrorKind::Unavailable, "cut off after 10 bytes"},
      {ok, ErrorKind::Unavailable, "cut off"},
      {ok + "Content-Length: 5\r\n\r\nhel", ErrorKind::Unavailable, "cut off after 41 bytes"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", ErrorKind::Unavailable, "cut off"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", ErrorKind::Unavailable, "cut off"},
      {"SSH-2.0-server\r\n", ErrorKind::Invalid, "not HTTP/1.1"},
      {std::string("\x15\x03\x01\x00\x02\x02\x46\r\n\r\n", 11), ErrorKind::Invalid, "not HTTP/1.1"},
      {"HTTP/2 200\r\n\r\n", ErrorKind::Invalid, "not HTTP/1.1"},
      {"HTTP/1.1 20 OK\r\n\r\n", ErrorKind::Invalid, "not HTTP/1.1"},
      {ok + "Content-Length: x\r\n\r\n", ErrorKind::Invalid, "not HTTP/1.1"},
      {ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", ErrorKind::Invalid, "not HTTP/1.1"},
      {ok + "Content-Length: 99999999999999999999\r\n\r\n", ErrorKind::Invalid, "not HTTP/1.1"},
      {ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", ErrorKind::Invalid, "not HTTP/1.1"},
      {ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", ErrorKind::Invalid, "not HTTP/1.1"},
      {ok + "Content-Length: 1001\r\n\r\n", ErrorKind::Invalid, "larger than 1000 bytes"},
      {ok + "Content-Length: 18446744073709551615\r\n\r\n", ErrorKind::Invalid, "larger than 1000 bytes"},
      {ok + "\r\n" + std::string(1001, 'x'), ErrorKind::Invalid, "larger than 1000 bytes"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n1f4\r\n" + std::string(500, 'x') + "\r\n1f5\r\n",
       ErrorKind::Invalid, "larger than 1000 bytes"},
      {ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", ErrorKind::Invalid,
       "larger than 1000 bytes"},
      {ok + "X: " + std::string(70'000, 'x'), ErrorKind::Invalid, "header of the answer is larger"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(300'000, 'x'), ErrorKind::Invalid, ""},
      {ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: " + std::string(300'000, 'x'),
       ErrorKind::Invalid, ""},
      {ok + "Content-Encoding: gzip\r\n\r\nx", ErrorKind::Invalid, "encoded as 'gzip'"},
  };
  for (const Case& c : cases) {
    for (std::size_t step : kSteps) {
      if (step < 100 && c.bytes.size() > 10'000) continue;  // a header re-read for every byte of it
      Canned channel(c.bytes, step);
      auto got = read_answer(channel, 1000);
      ASSERT_FALSE(got) << quote(c.bytes);
      EXPECT_EQ(got.error().kind, c.kind) << quote(c.bytes) << ' ' << got.error().message;
      EXPECT_NE(got.error().message.find(c.part), std::string::npos) << got.error().message;
    }
  }
}

TEST(RetryAfter, IsSecondsOrADate) {
  using std::chrono::seconds;
  const std::chrono::system_clock::time_point now{seconds(784'111'777)};  // RFC 9110, 5.6.7: 08:49:37
  struct Case {
    std::string_view text;
    std::optional<seconds> want;
  };
  const Case kCases[] = {
      {"120", seconds(120)},
      {"0", seconds(0)},
      {"99999999999999", std::chrono::days(7)},
      {"Sun, 06 Nov 1994 08:50:37 GMT", seconds(60)},
      {"Sun, 06 Nov 1994 08:40:00 GMT", seconds(0)},
      {"Sun, 06 Nov 2094 08:40:00 GMT", std::chrono::days(7)},
      {"Sun, 06 Nov 1994 08:50:37 GMT later", std::nullopt},
      {"Sun, 06 Nov 1994", std::nullopt},
      {"-1", std::nullopt},
      {"soon", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& c : kCases) {
    Head head;
    head.retry_after = c.text;
    EXPECT_EQ(wait_asked(head, now), c.want) << c.text;
  }
}

TEST(Message, EndlessInterimAnswersEnd) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes += "HTTP/1.1 103 Hints\r\n\r\n";
  Canned channel(bytes, 1000);
  EXPECT_EQ(read_answer(channel, 1000).error().message, "more than 8 interim answers");
}

}  // namespace
}  // namespace eidos::net
