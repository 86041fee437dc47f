#include "kube/credentials.h"

#include "base/base64.h"
#include "base/text.h"

namespace eidos::kube {

namespace {

// Clocks differ, and a request takes its time.
constexpr std::chrono::seconds kBeforeExpiry{15};
constexpr std::int64_t kMostTokenBytes = 64 * 1024;

// A header name takes no byte of a key that it might not carry (RFC 9110 section 5.6.2).
std::string header_part(std::string_view key) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kToken = "!#$&'*+-.^_`|~";
  std::string out;
  for (char c : key) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 kToken.find(c) != std::string_view::npos;
    auto code = static_cast<unsigned char>(c);
    if (plain)
      out += c;
    else
      out += {'%', kHex[code >> 4], kHex[code & 15]};
  }
  return out;
}

void add_impersonation(const Impersonation& as, std::vector<net::Field>& fields) {
  if (as.user.empty()) return;
  fields.push_back({"Impersonate-User", as.user});
  if (!as.uid.empty()) fields.push_back({"Impersonate-Uid", as.uid});
  for (const std::string& group : as.groups) fields.push_back({"Impersonate-Group", group});
  for (const auto& [key, value] : as.extra)
    fields.push_back({cat("Impersonate-Extra-", header_part(key)), value});
}

}  // namespace

Result<Shown> Credentials::now(const Limit& limit) {
  Shown shown{.certificate = config_.certificate, .key = config_.key};
  // By plain http, which does not leave this machine, 'kubectl proxy' adds credentials of its own.
  if (config_.server.starts_with("https")) {
    EIDOS_TRY(std::string bearer, token(limit, shown));
    if (!bearer.empty())
      shown.fields.push_back({"Authorization", cat("Bearer ", bearer)});
    else if (!config_.basic.empty())
      shown.fields.push_back({"Authorization", cat("Basic ", to_base64(config_.basic))});
  }
  add_impersonation(config_.as, shown.fields);
  return shown;
}

// A file goes before a token in the kubeconfig, both before a plugin, as kubectl has it.
Result<std::string> Credentials::token(const Limit& limit, Shown& shown) {
  if (!config_.token_file.empty()) {
    auto text = world_.files.read(config_.token_file, {.max_bytes = kMostTokenBytes, .limit = limit});
    if (!text) return std::unexpected(std::move(text).error().within("reading the token"));
    if (std::string_view bare = trim(*text); !bare.empty()) return std::string(bare);
    if (config_.token.empty()) return fail(ErrorKind::Invalid, "the token file is empty", config_.token_file);
  }
  if (!config_.token.empty() || !config_.exec) return config_.token;
  std::lock_guard lock(mutex_);
  bool good = held_ && (!held_->expires || *held_->expires - kBeforeExpiry > world_.clock.now());
  if (!good) {
    EIDOS_TRY(held_, run_plugin(world_.processes, config_, inherited_, limit));
  }
  if (!held_->certificate.empty()) {
    shown.certificate = held_->certificate;
    shown.key = held_->key;
  }
  return held_->token;
}

bool Credentials::forget() {
  std::lock_guard lock(mutex_);
  bool had = held_.has_value();
  held_.reset();
  return had;
}

}  // namespace eidos::kube
