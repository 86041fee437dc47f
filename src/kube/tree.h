#pragma once
// Looking into API objects, where anything may be missing.

#include <initializer_list>
#include <string>
#include <string_view>

#include "data/value.h"

namespace eidos::kube {

/// The value below these keys, or nullptr.
inline const data::Value* dig(const data::Value& object, std::initializer_list<std::string_view> keys) {
  const data::Value* at = &object;
  for (std::string_view key : keys)
    if (at = at->find(key); at == nullptr) return nullptr;
  return at;
}

/// Its text when it is a scalar, else "".
inline std::string text_at(const data::Value& object, std::initializer_list<std::string_view> keys) {
  const data::Value* found = dig(object, keys);
  return found != nullptr && found->is_scalar() ? found->scalar_text() : std::string();
}

}  // namespace eidos::kube
