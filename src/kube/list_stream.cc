#include "kube/list_stream.h"

#include <algorithm>

#include "base/text.h"
#include "data/document.h"
#include "kube/tree.h"
#include "kube/wire.h"

namespace eidos::kube {

namespace {

constexpr std::size_t kMostFrameBytes = std::size_t{1024} * 1024;
constexpr std::string_view kMagic("k8s\0", 4);
constexpr std::size_t kMostHeadBytes = 20;  // a tag and a length, ten bytes each at most

std::unexpected<Error> no_list(std::string_view why) {
  return fail(ErrorKind::Invalid, cat("the answer is no list of objects: ", why));
}

std::unexpected<Error> too_large() {
  return fail(ErrorKind::Invalid, cat("an object is larger than ", kMostObjectBytes, " bytes"));
}

}  // namespace

// ---- JSON --------------------------------------------------------------------------------------

// Follows strings; true while `c` belongs to one, quotes included.
bool JsonListStream::in_text(char c) {
  if (!quoted_) return quoted_ = c == '"';
  if (escaped_)
    escaped_ = false;
  else if (c == '\\')
    escaped_ = true;
  else if (c == '"')
    quoted_ = false;
  return true;
}

Result<void> JsonListStream::outside(char c) {
  frame_ += c;
  if (frame_.size() > kMostFrameBytes) return no_list("what is round the objects is too large");
  if (in_text(c)) {
    if (depth_ == 1 && word_.size() < 16) word_ += c;
    return {};
  }
  if (c == ':' && depth_ == 1) items_next_ = word_ == "\"items\"";
  if (c == ',' || c == '{') word_.clear();
  if (c == '[' && depth_ == 1 && items_next_ && !items_seen_) {
    items_seen_ = true;
    at_ = At::BeforeFirst;
  }
  if (c == '{' || c == '[') ++depth_;
  if (c == '}' || c == ']') --depth_;
  return {};
}

Result<void> JsonListStream::between(char c) {
  if (c == ' ' || c == '\n' || c == '\r' || c == '\t') return {};
  if (c == ']' && at_ != At::BeforeItem) {
    at_ = At::Outside;
    return outside(c);
  }
  if (c == ',' && at_ == At::AfterItem) {
    at_ = At::BeforeItem;
    return {};
  }
  if (c != '{' || at_ == At::AfterItem) return no_list("items holds something else");
  at_ = At::InItem;
  item_ = c;
  depth_ = 1;
  return {};
}

// Bytes of one object; returns how many were taken.
Result<std::size_t> JsonListStream::inside(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char c = bytes[i];
    if (in_text(c)) continue;
    if (c == '{' || c == '[') ++depth_;
    if ((c != '}' && c != ']') || --depth_ > 0) continue;
    item_.append(bytes.substr(0, i + 1));
    if (item_.size() > kMostObjectBytes) return too_large();
    EIDOS_CHECK(sink_(item_));
    at_ = At::AfterItem;
    depth_ = 2;  // of the document: its brace, and that of items
    return i + 1;
  }
  item_.append(bytes);
  if (item_.size() > kMostObjectBytes) return too_large();
  return bytes.size();
}

Result<void> JsonListStream::feed(std::string_view piece) {
  while (!piece.empty()) {
    std::size_t used = 1;
    if (at_ == At::InItem) {
      EIDOS_TRY(used, inside(piece));
    } else if (at_ == At::Outside) {
      EIDOS_CHECK(outside(piece.front()));
    } else {
      EIDOS_CHECK(between(piece.front()));
    }
    piece.remove_prefix(used);
  }
  return {};
}

Result<ListEnd> JsonListStream::finish() {
  if (at_ != At::Outside) return no_list("it was cut off");
  data::Sources sources;
  auto frame = data::parse_json(frame_, sources, "the answer");
  if (!frame) return no_list("it is no JSON");
  const data::Value* items = frame->find("items");
  // A server writes null for a list without objects.
  if (items == nullptr || !(items->is_list() || items->is_null())) return no_list("it has no items");
  return ListEnd{text_at(*frame, {"metadata", "continue"}), text_at(*frame, {"metadata", "resourceVersion"})};
}

// ---- protobuf ----------------------------------------------------------------------------------

// k8s.io/apimachinery runtime.Unknown: raw = 2. ListMeta: resourceVersion = 2, continue = 3.
Result<void> ProtobufListStream::take(std::uint32_t number, std::string_view bytes) {
  if (!inside_) return {};
  if (number == 2) return sink_(bytes);
  if (number != 1) return {};
  end_ = {std::string(wire_bytes(bytes, 3)), std::string(wire_bytes(bytes, 2))};
  return {};
}

// One field, or one head; false when more bytes are needed.
Result<bool> ProtobufListStream::step(std::string_view bytes, std::size_t& used) {
  if (!magic_) {
    if (bytes.size() < kMagic.size()) return false;
    if (!bytes.starts_with(kMagic)) return no_list("it is not what Kubernetes calls protobuf");
    magic_ = true;
    used = kMagic.size();
    return true;
  }
  if (inside_ && inside_left_ == 0) inside_ = false;
  WireHead head;
  switch (read_head(bytes, head)) {
    case WireState::Broken: return no_list("its protobuf is broken");
    case WireState::Short:
      if (bytes.size() > kMostHeadBytes) return no_list("its protobuf is broken");
      return false;
    case WireState::Good: break;
  }
  used = head.size;
  if (!inside_ && head.number == 2 && head.type == WireType::Bytes && !seen_) {
    inside_ = seen_ = true;
    inside_left_ = head.value;
    return true;
  }
  std::uint64_t size = head.type == WireType::Bytes ? head.value : 0;
  if (size > kMostObjectBytes) return too_large();
  if (inside_ && head.size + size > inside_left_) return no_list("its protobuf is broken");
  if (bytes.size() < head.size + size) return false;
  used = head.size + size;
  if (inside_) inside_left_ -= used;
  if (head.type == WireType::Bytes) EIDOS_CHECK(take(head.number, bytes.substr(head.size, size)));
  return true;
}

Result<void> ProtobufListStream::feed(std::string_view piece) {
  // Objects that lie whole in the piece are read where they lie.
  bool joined = !pending_.empty();
  if (joined) pending_.append(piece);
  std::string_view bytes = joined ? std::string_view(pending_) : piece;
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::size_t used = 0;
    EIDOS_TRY(bool more, step(bytes.substr(at), used));
    if (!more) break;
    at += used;
  }
  if (joined)
    pending_.erase(0, at);
  else
    pending_.assign(bytes.substr(at));
  return {};
}

Result<ListEnd> ProtobufListStream::finish() {
  if (!pending_.empty() || !seen_ || (inside_ && inside_left_ > 0)) return no_list("it was cut off");
  return end_;
}

// metav1.Status: message = 3, reason = 4.
std::string protobuf_status_message(std::string_view body) {
  if (!body.starts_with(kMagic)) return {};
  return std::string(wire_bytes(wire_bytes(body.substr(kMagic.size()), 2), 3));
}

std::string protobuf_status_reason(std::string_view body) {
  if (!body.starts_with(kMagic)) return {};
  return std::string(wire_bytes(wire_bytes(body.substr(kMagic.size()), 2), 4));
}

}  // namespace eidos::kube
