// Any document with one secret planted in it, the first byte saying which: the secret is gone in every form,
// what is left is a document, and redacting it again changes nothing.

#include "model/secrets.h"

#include <algorithm>

#include "fuzz/properties.h"
#include "tests/support/canaries.h"

namespace {

using namespace eidos;

const std::vector<testing::Planted>& all_planted() {
  static const std::vector<testing::Planted> kPlanted = testing::canaries();
  return kPlanted;
}

// Into the document where it is a map, else beside it.
data::Value planted_in(data::Value document, const testing::Planted& planted) {
  if (!document.is_map()) {
    data::Map map;
    map.set("document", std::move(document));
    document = data::Value(std::move(map));
  }
  document.map().set(planted.key, data::Value(planted.value));
  return document;
}

void check(const data::Value& before) {
  data::Value once = before;
  model::Redactor redactor;
  redactor.redact_document(once);
  EIDOS_ASSERT(redactor.count() > 0);
  EIDOS_ASSERT(testing::canary_found(data::to_yaml(once)).empty());
  EIDOS_ASSERT(testing::canary_found(data::to_json(once)).empty());
  data::Value twice = once;
  model::Redactor again;
  again.redact_document(twice);
  EIDOS_ASSERT(again.count() == 0);
  EIDOS_ASSERT(twice == once);
  fuzz::check_round_trips(once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const testing::Planted& planted = all_planted()[data[0] % all_planted().size()];
  std::string_view text = fuzz::text_of(data + 1, size - 1);
  if (!testing::canary_found(text).empty()) return 0;
  data::Sources sources;
  auto document = data::parse(text, sources, "document");
  check(planted_in(document ? *std::move(document) : data::Value("none"), planted));
  return 0;
}
