#pragma once
// What every eidos document starts with: kind and apiVersion, and the older spellings that are read too.

#include <optional>
#include <string_view>

#include "data/fields.h"

namespace eidos::model {

constexpr std::string_view kApiVersion = "eidos.nvidia.com/v1alpha1";
/// Read, never written.
constexpr std::string_view kOlderApiVersions[] = {"aicr.nvidia.com/v1alpha1", "snapshot.dgxc.io/v1"};

enum class HeaderRule : std::uint8_t {
  Required,  ///< kind and apiVersion must stand there.
  Optional,  ///< They may be left out (criteria files), but not be wrong.
};

/// The kind that `text` spells (first letter in either case), as eidos writes it; nullopt for what is none.
std::optional<std::string_view> known_kind(std::string_view text);

/// Checks kind (first letter in either case) and apiVersion of a document's root, which must be a map.
/// Records a problem naming what is allowed; an empty document and another known kind get their own words.
/// False when the root is not worth reading further.
bool check_header(const data::Value& root, std::string_view kind, HeaderRule rule, data::Reading& reading);

/// Reads a whole document of one kind: header, then the fields of T (whose table lists kind and apiVersion).
template <class T>
Result<T> read_document(const data::Value& root, std::string_view kind, data::Reading& reading,
                        HeaderRule rule = HeaderRule::Required) {
  T out;
  if (check_header(root, kind, rule, reading)) data::read_value(root, out, reading, nullptr);
  EIDOS_CHECK(reading.done());
  return out;
}

}  // namespace eidos::model
