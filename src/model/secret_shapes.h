#pragma once
// Private to this room: secrets recognised by their shape alone.

#include <cstdint>
#include <string>
#include <string_view>

namespace eidos::model {

/// "user:password@" of a URL anywhere in the text; a lone user of ssh is no secret.
bool has_url_userinfo(std::string_view text);
/// A JSON Web Token: three base64url parts, the first of which starts an object.
bool is_jwt(std::string_view word);
/// A token of those that are known by how they begin: "ghp_...", "nvapi-...".
bool is_prefixed_token(std::string_view word);
/// The fixed shapes of cloud and forge tokens, and of password hashes.
bool is_provider_token(std::string_view word);
/// Text that base64 stands for when all of it is printable, else "". Both alphabets, padding optional.
std::string decoded_text(std::string_view word);
/// Text that hexadecimal digits stand for when all of it is printable, else "".
std::string unhexed_text(std::string_view word);
/// `word` without its percent-encoding, or "" when it has none or holds what is not printable.
std::string unescaped_text(std::string_view word);
/// "", "[]", "true", "0", "1.2.3", "<redacted:4>": no secret, whatever its name says.
bool cannot_be_secret(std::string_view value);
/// N of "<redacted:N>", else 0.
std::int64_t redaction_number(std::string_view value);

}  // namespace eidos::model
