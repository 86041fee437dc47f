#include "kube/document.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/base64.h"
#include "base/deflate.h"
#include "base/sha256.h"
#include "base/text.h"
#include "data/document.h"
#include "kube/tree.h"

namespace eidos::kube {

namespace {

constexpr std::string_view kScheme = "cm://";
// Kubernetes takes 1 MiB of values; the rest is for what stands round them.
constexpr std::size_t kMostBytes = std::size_t{900} * 1024;
constexpr std::size_t kMostText = data::kMaxTextBytes;
constexpr std::int64_t kMostParts = 64;
constexpr std::string_view kPartKey = "part";
constexpr std::string_view kPartOf = "eidos.nvidia.com/part-of";
constexpr std::string_view kNameLabel = "app.kubernetes.io/name";
// The second one wrote such documents before us; what it wrote is ours to replace.
constexpr std::string_view kOurNames[] = {"eidos", "aicr"};

// RFC 1123: a namespace is one label of at most 63, a name may have dots and 253.
bool is_name(std::string_view text, std::size_t most, bool dots) {
  auto inner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > most) return false;
  for (std::string_view part : dots ? split(text, '.') : std::vector{text}) {
    if (part.empty() || !inner(part.front()) || !inner(part.back())) return false;
    if (!std::ranges::all_of(part, [&](char c) { return inner(c) || c == '-'; })) return false;
  }
  return true;
}

Target target_of(const ConfigMapName& where) {
  return {config_maps(), where.ns, where.name};
}

std::string digest_of(std::string_view text) {
  return cat("sha256:", sha256_hex(text));
}

// A part belongs to one content, so that old and new parts never mix.
ConfigMapName part_name(const ConfigMapName& where, std::string_view digest, std::int64_t number) {
  return {where.ns, cat(where.name, "-", digest.substr(std::string_view("sha256:").size(), 10), "-", number)};
}

std::unexpected<Error> wrong(const ConfigMapName& where, std::string message, std::string hint = {}) {
  return fail(ErrorKind::Invalid, std::move(message), shown(where), std::move(hint));
}

// ---- reading -----------------------------------------------------------------------------------

Result<std::string> binary_at(const data::Value& object, std::string_view key, const ConfigMapName& where) {
  auto bytes = from_base64(text_at(object, {"binaryData", key}));
  if (bytes && !bytes->empty()) return *std::move(bytes);
  return wrong(where, cat("its binaryData has no usable ", quote(key)));
}

// The manifest: digest and number of parts.
struct Manifest {
  std::string digest;
  std::int64_t parts = 0;
};

std::optional<Manifest> manifest_of(const data::Value& object) {
  Manifest manifest{text_at(object, {"data", "digest"}),
                    to_int(text_at(object, {"data", "parts"})).value_or(0)};
  if (manifest.parts < 1 || manifest.parts > kMostParts || manifest.digest.size() != 71) return std::nullopt;
  return manifest;
}

Result<std::string> joined_parts(Client& client, const ConfigMapName& where, const Manifest& manifest,
                                 const Limit& limit) {
  std::string bytes;
  for (std::int64_t i = 1; i <= manifest.parts; ++i) {
    const ConfigMapName name = part_name(where, manifest.digest, i);
    auto part = client.get(target_of(name), limit);
    if (!part && part.error().kind == ErrorKind::NotFound)
      return wrong(where, cat("part ", i, " of ", manifest.parts, " is missing: ", shown(name)),
                   "write the document again");
    if (!part) return std::unexpected(std::move(part).error());
    EIDOS_TRY(std::string some, binary_at(*part, kPartKey, name));
    bytes += some;
  }
  return bytes;
}

bool is_document_key(std::string_view key) {
  return key.ends_with(".yaml") || key.ends_with(".yml") || key.ends_with(".json");
}

// What a ConfigMap without a manifest holds, by its key.
Result<std::string> plain_text(const data::Value& object, const ConfigMapName& where) {
  const data::Value* entries = object.find("data");
  std::string format = text_at(object, {"data", "format"});
  if (format.empty()) format = "yaml";
  std::vector<std::string> keys;
  if (entries != nullptr && entries->is_map())
    for (const data::Map::Entry& entry : entries->map())
      if (is_document_key(entry.key)) keys.push_back(entry.key);
  std::vector<std::string> fitting;
  std::ranges::copy_if(keys, std::back_inserter(fitting),
                       [&](const std::string& key) { return key.ends_with("." + format); });
  const std::string usual = cat("snapshot.", format);
  if (std::ranges::find(fitting, usual) != fitting.end()) fitting = {usual};
  if (fitting.empty()) fitting = keys;
  if (fitting.size() > 1)
    return wrong(where, cat("it holds several documents: ", join(fitting, ", ")),
                 "a ConfigMap of eidos holds one");
  if (fitting.empty() && format == "table")
    return wrong(where, "it holds a table, which cannot be read back", "write it with -t yaml or -t json");
  if (fitting.empty()) return fail(ErrorKind::NotFound, "the ConfigMap has no document in it", shown(where));
  return text_at(object, {"data", fitting.front()});
}

Result<std::string> compressed_text(Client& client, const data::Value& object, const ConfigMapName& where,
                                    const Limit& limit) {
  std::string bytes;
  if (dig(object, {"data", "parts"}) != nullptr) {
    auto manifest = manifest_of(object);
    if (!manifest) return wrong(where, "its manifest is broken", "write the document again");
    EIDOS_TRY(bytes, joined_parts(client, where, *manifest, limit));
  } else {
    const data::Value* entries = object.find("binaryData");
    if (entries == nullptr || !entries->is_map() || entries->map().size() != 1)
      return wrong(where, "it should hold one compressed document, and does not");
    EIDOS_TRY(bytes, binary_at(object, entries->map().begin()->key, where));
  }
  auto text = gunzip(bytes, kMostText);
  if (text) return text;
  return std::unexpected(std::move(text).error().at(shown(where)));
}

// ---- writing -----------------------------------------------------------------------------------

// What a label value may hold; a version may have a '+' in it.
std::string label_value(std::string_view text) {
  constexpr std::size_t kMost = 63;
  std::string out(text.substr(0, kMost));
  for (char& c : out)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
      c = '_';
  while (!out.empty() &&
         !((out.back() >= 'a' && out.back() <= 'z') || (out.back() >= '0' && out.back() <= '9')))
    out.pop_back();
  return out;
}

data::Map labels_of(const StoredDocument& document) {
  data::Map labels;
  labels.set(kNameLabel, kOurNames[0]);
  labels.set("app.kubernetes.io/component", label_value(lower(document.kind)));
  if (std::string version = label_value(document.version); !version.empty())
    labels.set("app.kubernetes.io/version", version);
  if (document.kind == "Snapshot") labels.set("eidos-snapshot", "true");
  return labels;
}

data::Value object_of(const ConfigMapName& where, const StoredDocument& document, data::Map entries,
                      data::Map binary) {
  data::Map metadata;
  metadata.set("name", where.name);
  metadata.set("namespace", where.ns);
  metadata.set("labels", data::Value(labels_of(document)));
  data::Map object;
  object.set("apiVersion", "v1");
  object.set("kind", "ConfigMap");
  object.set("metadata", data::Value(std::move(metadata)));
  if (!entries.empty()) object.set("data", data::Value(std::move(entries)));
  if (!binary.empty()) object.set("binaryData", data::Value(std::move(binary)));
  return data::Value(std::move(object));
}

bool is_ours(const data::Value& object) {
  std::string name = text_at(object, {"metadata", "labels", kNameLabel});
  return std::ranges::find(kOurNames, name) != std::end(kOurNames);
}

// Only what is a part of this very document.
Result<void> remove_parts(Client& client, const ConfigMapName& where, const Manifest& manifest,
                          const Limit& limit) {
  for (std::int64_t i = 1; i <= manifest.parts; ++i) {
    const Target part = target_of(part_name(where, manifest.digest, i));
    auto object = client.get(part, limit);
    if (!object && object.error().kind == ErrorKind::NotFound) continue;
    if (!object) return std::unexpected(std::move(object).error());
    if (!is_ours(*object) || text_at(*object, {"metadata", "annotations", kPartOf}) != where.name) continue;
    auto removed = client.remove(part, {.uid = text_at(*object, {"metadata", "uid"})}, limit);
    if (!removed) return std::unexpected(std::move(removed).error());
  }
  return {};
}

class Writer {
 public:
  Writer(Client& client, const ConfigMapName& where, const StoredDocument& document, const Limit& limit)
      : client_(client),
        where_(where),
        document_(document),
        limit_(limit),
        digest_(digest_of(document.text)) {}

  Result<void> run() {
    EIDOS_CHECK(look_at_old());
    data::Map entries;
    data::Map binary;
    entries.set("format", document_.format);
    entries.set("timestamp", document_.time);
    entries.set("digest", digest_);
    const std::string key = cat(lower(document_.kind), ".", document_.format);
    if (document_.text.size() <= kMostBytes) {
      entries.set(key, document_.text);
    } else {
      entries.set("encoding", "gzip");
      const std::string packed = gzip(document_.text);
      if (packed.size() <= kMostBytes) {
        binary.set(cat(key, ".gz"), to_base64(packed));
      } else {
        EIDOS_TRY(std::int64_t parts, write_parts(packed));
        entries.set("parts", cat(parts));
      }
    }
    EIDOS_CHECK(apply(where_, object_of(where_, document_, std::move(entries), std::move(binary)), ours_));
    remove_old_parts();
    return {};
  }

 private:
  // Not to be allowed to look is no reason not to write: then nothing is taken over.
  Result<void> look_at_old() {
    auto old = client_.get(target_of(where_), limit_);
    if (old) {
      ours_ = is_ours(*old);
      if (ours_) old_ = manifest_of(*old);
      return {};
    }
    ErrorKind kind = old.error().kind;
    if (kind == ErrorKind::NotFound || kind == ErrorKind::Denied) return {};
    return std::unexpected(std::move(old).error());
  }

  Result<std::int64_t> write_parts(std::string_view packed) {
    std::int64_t number = 0;
    for (std::size_t at = 0; at < packed.size(); at += kMostBytes) {
      const ConfigMapName name = part_name(where_, digest_, ++number);
      data::Map binary;
      binary.set(kPartKey, to_base64(packed.substr(at, kMostBytes)));
      data::Value object = object_of(name, document_, {}, std::move(binary));
      data::Map annotations;
      annotations.set(kPartOf, where_.name);
      object.map().find("metadata")->map().set("annotations", data::Value(std::move(annotations)));
      EIDOS_CHECK(apply(name, object, true));
    }
    return number;
  }

  Result<void> apply(const ConfigMapName& name, const data::Value& object, bool force) {
    auto done = client_.apply(target_of(name), object, {.force = force}, limit_);
    if (done) return {};
    return std::unexpected(std::move(done).error());
  }

  // Nobody reads them any more. One that cannot be removed does no harm.
  void remove_old_parts() {
    if (old_ && old_->digest != digest_) (void)remove_parts(client_, where_, *old_, limit_);
  }

  Client& client_;
  const ConfigMapName& where_;
  const StoredDocument& document_;
  const Limit& limit_;
  std::string digest_;
  bool ours_ = false;
  std::optional<Manifest> old_;
};

}  // namespace

bool is_config_map(std::string_view text) {
  return lower(text.substr(0, kScheme.size())) == kScheme;
}

Result<ConfigMapName> parse_config_map(std::string_view text) {
  std::string_view rest = text.substr(std::min(kScheme.size(), text.size()));
  std::size_t slash = rest.find('/');
  ConfigMapName where{std::string(rest.substr(0, slash)),
                      std::string(slash == std::string_view::npos ? "" : rest.substr(slash + 1))};
  if (is_config_map(text) && is_name(where.ns, 63, false) && is_name(where.name, 253, true)) return where;
  return fail(ErrorKind::Invalid, cat(quote(text), " names no ConfigMap"), {},
              "write cm://NAMESPACE/NAME, both of small letters, digits and '-', as Kubernetes has them");
}

std::string shown(const ConfigMapName& where) {
  return cat(kScheme, where.ns, "/", where.name);
}

Result<std::string> read_config_map(Client& client, const ConfigMapName& where, const Limit& limit) {
  EIDOS_TRY(data::Value object, client.get(target_of(where), limit));
  bool packed = text_at(object, {"data", "encoding"}) == "gzip";
  auto text = packed ? compressed_text(client, object, where, limit) : plain_text(object, where);
  if (!text) return text;
  std::string digest = text_at(object, {"data", "digest"});
  if (digest.empty() || digest == digest_of(*text)) return text;
  return wrong(where, "the document has not the digest it was written with: it was changed or cut since",
               "write it again, or remove the key 'digest' when the change was meant");
}

Result<void> write_config_map(Client& client, const ConfigMapName& where, const StoredDocument& document,
                              const Limit& limit) {
  constexpr std::size_t kRoomForPart = 16;
  if (document.text.size() > kMostText)
    return wrong(where, cat("the document is larger than ", kMostText, " bytes"));
  if (where.name.size() + kRoomForPart > 253) return wrong(where, "the name is too long");
  return Writer(client, where, document, limit).run();
}

Result<void> remove_config_map(Client& client, const ConfigMapName& where, const std::string& uid,
                               const Limit& limit) {
  auto object = client.get(target_of(where), limit);
  if (!object && object.error().kind == ErrorKind::NotFound) return {};
  if (!object) return std::unexpected(std::move(object).error());
  if (text_at(*object, {"metadata", "uid"}) != uid) return {};
  if (auto manifest = manifest_of(*object)) EIDOS_CHECK(remove_parts(client, where, *manifest, limit));
  auto removed = client.remove(target_of(where), {.uid = uid}, limit);
  if (removed) return {};
  return std::unexpected(std::move(removed).error());
}

}  // namespace eidos::kube
