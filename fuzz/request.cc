// A request comes from anybody: one answer with a status of ours, whose head is a head and whose refusals are
// problem details, that holds no path of this machine; and the same request twice is answered alike.

#include <algorithm>

#include "base/text.h"
#include "catalog/embedded.h"
#include "data/document.h"
#include "fuzz/properties.h"
#include "serve/service.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_files.h"

namespace {

using namespace eidos;

serve::Service& service() {
  static testing::FakeClock clock;
  static serve::Service one = [] {
    testing::FakeFiles files;
    auto loaded = catalog::load(files, {.embedded = catalog::embedded_catalog()});
    EIDOS_ASSERT(loaded);
    serve::ServiceOptions options;
    options.rate = {0, 0, 0};
    return serve::Service(std::make_shared<const catalog::Catalog>(std::move(loaded->catalog)),
                          std::move(options), clock);
  }();
  return one;
}

// First line: method, a blank, target. Then headers, an empty line, and the body.
serve::Request request_of(std::string_view text) {
  serve::Request out;
  const auto line = [&] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view got = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return got;
  };
  const auto halves = [](std::string_view whole, char sign) {
    const std::size_t at = whole.find(sign);
    return std::pair(whole.substr(0, at),
                     at == std::string_view::npos ? std::string_view() : whole.substr(at + 1));
  };
  const auto [method, target] = halves(line(), ' ');
  out.method = std::string(method);
  out.target = std::string(target);
  for (std::string_view header = line(); !header.empty(); header = line()) {
    const auto [name, value] = halves(header, ':');
    out.headers.emplace_back(lower(name), std::string(trim(value)));
  }
  out.body = std::string(text);
  out.client = "192.0.2.1";
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr const char* kId = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  const serve::Request request = request_of(fuzz::text_of(data, size));
  if (request.target.starts_with("/metrics")) return 0;  // counts what was asked before
  const serve::Answer answer = service().answer(request, kId);
  EIDOS_ASSERT(answer.status >= 200 && answer.status < 500);
  for (const auto& [name, value] : answer.headers)
    EIDOS_ASSERT(std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
  const std::string body = answer.body ? *answer.body : std::string();
  if (answer.status >= 400) {
    data::Sources sources;
    const auto problem = data::parse_json(body, sources, "answer");
    EIDOS_ASSERT(problem && problem->find("code") != nullptr && problem->find("requestId")->string() == kId);
  }
  const serve::Answer again = service().answer(request, kId);
  EIDOS_ASSERT(again.status == answer.status && (again.body ? *again.body : std::string()) == body);
  return 0;
}
