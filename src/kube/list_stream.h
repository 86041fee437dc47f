#pragma once
// Private to this room: a list taken apart while it arrives, one object in memory at a time.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace eidos::kube {

/// No object of a cluster is larger: etcd takes 1.5 MiB. JSON of it may be wider.
constexpr std::size_t kMostObjectBytes = std::size_t{16} * 1024 * 1024;

/// What a list says about itself.
struct ListEnd {
  std::string resume;  ///< The continue token; empty: it was the last page.
  std::string resource_version;
};

/// One object of a list, as its bytes; an error ends the list.
using ObjectSink = std::function<Result<void>(std::string_view)>;

/// Takes pieces of a body, hands out objects. Errors are Invalid: no list, an object too large, text cut in
/// the middle.
class ListStream {
 public:
  virtual ~ListStream() = default;
  virtual Result<void> feed(std::string_view piece) = 0;
  /// After the last piece.
  virtual Result<ListEnd> finish() = 0;
};

/// {"kind":"PodList","metadata":{…},"items":[…]}: everything but the objects is read as one small document.
class JsonListStream final : public ListStream {
 public:
  explicit JsonListStream(ObjectSink sink) : sink_(std::move(sink)) {}
  Result<void> feed(std::string_view piece) override;
  Result<ListEnd> finish() override;

 private:
  enum class At : std::uint8_t { Outside, BeforeFirst, BeforeItem, InItem, AfterItem };

  Result<void> outside(char c);
  Result<void> between(char c);
  Result<std::size_t> inside(std::string_view bytes);
  Result<void> token_ended();
  bool in_text(char c);

  ObjectSink sink_;
  At at_ = At::Outside;
  std::string frame_;  ///< The document without its objects.
  std::string item_;
  std::string word_;  ///< The string that is being read at the top level.
  int depth_ = 0;     ///< Brackets open, within the object or outside.
  bool quoted_ = false;
  bool escaped_ = false;
  bool items_next_ = false;  ///< The key "items" was just read at the top level.
  bool items_seen_ = false;
};

/// The envelope of application/vnd.kubernetes.protobuf ("k8s\0", runtime.Unknown) round a list message
/// (metadata = 1, items = 2).
class ProtobufListStream final : public ListStream {
 public:
  explicit ProtobufListStream(ObjectSink sink) : sink_(std::move(sink)) {}
  Result<void> feed(std::string_view piece) override;
  Result<ListEnd> finish() override;

 private:
  Result<bool> step(std::string_view bytes, std::size_t& used);
  Result<void> take(std::uint32_t number, std::string_view bytes);

  ObjectSink sink_;
  std::string pending_;  ///< The start of a field whose end has not come yet.
  bool magic_ = false;   ///< Whether the first four bytes were seen.
  bool inside_ = false;  ///< Within the list message.
  bool seen_ = false;    ///< Whether the list message was there.
  std::uint64_t inside_left_ = 0;
  ListEnd end_;
};

/// The message of a Status that came as protobuf, or "".
std::string protobuf_status_message(std::string_view body);
/// "Forbidden", "Expired", … of the same.
std::string protobuf_status_reason(std::string_view body);

}  // namespace eidos::kube
