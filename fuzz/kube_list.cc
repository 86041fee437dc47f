// A list of an API server, as JSON and as protobuf: however it is cut into pieces, the same objects come out,
// and the same refusal; each object of a protobuf list is a message or is broken, and ends either way.

#include <string>
#include <vector>

#include "fuzz/properties.h"
#include "kube/list_stream.h"
#include "kube/wire.h"

namespace {

using namespace eidos;

struct Got {
  std::vector<std::string> objects;
  std::string end;  ///< The continue token, or why it was refused.
  bool operator==(const Got&) const = default;
};

void walk(std::string_view bytes, int depth) {
  constexpr int kDeep = 4;
  for (kube::WireReader in(bytes); in.next();)
    if (in.field().type == kube::WireType::Bytes && depth < kDeep) walk(in.field().bytes, depth + 1);
}

template <class Stream>
Got read(std::string_view bytes, std::size_t step) {
  Got got;
  Stream stream([&](std::string_view object) -> Result<void> {
    got.objects.emplace_back(object);
    walk(object, 0);
    return {};
  });
  Result<void> fed = {};
  while (fed && !bytes.empty()) {
    std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    fed = stream.feed(piece);
  }
  auto end = fed ? stream.finish() : Result<kube::ListEnd>(std::unexpected(fed.error()));
  if (!end) fuzz::check_error(end.error());
  got.end = end ? "resume: " + end->resume : end.error().message;
  return got;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  std::size_t step = size == 0 ? 1 : 1 + data[size - 1] % 17;
  EIDOS_ASSERT(read<kube::JsonListStream>(text, step) == read<kube::JsonListStream>(text, text.size() + 1));
  EIDOS_ASSERT(read<kube::ProtobufListStream>(text, step) ==
               read<kube::ProtobufListStream>(text, text.size() + 1));
  walk(text, 0);
  return 0;
}
