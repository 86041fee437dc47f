#include "cli/settings.h"

#include "base/text.h"
#include "cli/parse.h"
#include "data/document.h"
#include "data/fields.h"

namespace eidos::cli {

namespace {

struct Config {
  data::Map defaults;
  data::Map server;
};

}  // namespace

}  // namespace eidos::cli

namespace eidos::data {

template <>
struct Fields<cli::Config> {
  static constexpr auto table() {
    return std::tuple{
        field("defaults", &cli::Config::defaults, "Flag to value, for every command that has it"),
        field("server", &cli::Config::server,
              "The service to ask: its url, and the fingerprint of its certificate")};
  }
};

}  // namespace eidos::data

namespace eidos::cli {

namespace {

template <class Visit>
Result<void> for_each_setting(const Invocation& invocation, Visit visit) {
  for (const Flag& flag : invocation.command->flags)
    if (flag.is(kSetting)) EIDOS_CHECK(visit(flag));
  for (const Flag& flag : global_flags())
    if (flag.is(kSetting)) EIDOS_CHECK(visit(flag));
  return {};
}

struct ConfigPath {
  std::string path;
  bool named = false;  ///< By the user, so it must be there.
};

ConfigPath config_path(const Invocation& invocation, const World& world) {
  if (invocation.flags.has("config")) return {invocation.flags.text("config"), true};
  auto base = world.environment("XDG_CONFIG_HOME");
  // The XDG rules: a relative path there is to be ignored.
  if (base && base->starts_with('/')) return {cat(*base, "/eidos/config.yaml")};
  if (auto home = world.environment("HOME"); home && home->starts_with('/'))
    return {cat(*home, "/.config/eidos/config.yaml")};
  return {};
}

/// All settings of all commands, for keys that this command does not have.
std::vector<std::string_view> setting_names() {
  std::vector<std::string_view> names;
  auto take = [&](std::span<const Flag> flags) {
    for (const Flag& flag : flags) {
      if (!flag.is(kSetting) || flag.name == "config") continue;
      names.push_back(flag.name);
      if (!flag.alias.empty()) names.push_back(flag.alias);
    }
  };
  take(global_flags());
  for (const Command* command : all_commands()) take(command->flags);
  return names;
}

void add_one(const Flag& flag, const std::string& place, const data::Value& value, Invocation& invocation,
             data::Reading& reading) {
  if (!value.is_scalar()) {
    reading.problems.push_back(
        {ErrorKind::Invalid,
         cat("default ", quote(flag.name), " is ", data::describe(value.type()), ", not a single value"),
         place,
         {}});
    return;
  }
  auto checked = checked_value(flag, cat("default ", flag.name), value.scalar_text());
  if (!checked) {
    reading.problems.push_back(std::move(checked).error().at(place));
    return;
  }
  invocation.flags.add({&flag, *std::move(checked), Origin::Config,
                        std::string(reading.sources.name(value.mark().file)), value.mark()});
}

void add_default(const data::Map::Entry& entry, Invocation& invocation, data::Reading& reading) {
  const Flag* flag = find_flag(invocation.command, entry.key);
  std::vector<std::string_view> names = setting_names();
  bool known = std::find(names.begin(), names.end(), entry.key) != names.end();
  if (!known) return reading.unknown_key(entry.mark, nullptr, entry.key, names);
  if (flag == nullptr || !flag->is(kSetting) || entry.value.is_null()) return;
  std::string place = reading.sources.place(entry.value.mark());
  if (!entry.value.is_list() || !flag->is(kRepeats))
    return add_one(*flag, place, entry.value, invocation, reading);
  for (const data::Value& item : entry.value.list()) add_one(*flag, place, item, invocation, reading);
}

// What stands below "server", as flags.
struct ServerKey {
  std::string_view key;
  std::string_view flag;
};
constexpr ServerKey kServerKeys[] = {{"url", "server"}, {"fingerprint", "server-fingerprint"}};

void add_server(const data::Map::Entry& entry, Invocation& invocation, data::Reading& reading) {
  const auto* row = std::ranges::find(kServerKeys, std::string_view(entry.key), &ServerKey::key);
  if (row == std::end(kServerKeys)) {
    std::vector<std::string_view> keys;
    for (const ServerKey& one : kServerKeys) keys.push_back(one.key);
    return reading.unknown_key(entry.mark, nullptr, entry.key, keys);
  }
  const Flag* flag = find_flag(invocation.command, row->flag);
  if (flag == nullptr || entry.value.is_null()) return;
  const std::string place = reading.sources.place(entry.value.mark());
  if (invocation.flags.has_from(row->flag, Origin::Config))
    reading.problems.push_back(
        {ErrorKind::Invalid,
         cat("server.", row->key, " and the default ", quote(row->flag), " are one setting"), place,
         "leave one of the two out"});
  else
    add_one(*flag, place, entry.value, invocation, reading);
}

}  // namespace

std::string variable_of(const Flag& flag) {
  std::string name = "EIDOS_";
  for (char c : flag.name)
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

Result<void> add_environment(Invocation& invocation, const World& world) {
  return for_each_setting(invocation, [&](const Flag& flag) -> Result<void> {
    std::string variable = variable_of(flag);
    auto value = world.environment(variable);
    if (!value || value->empty()) return {};
    EIDOS_TRY(std::string checked, checked_value(flag, variable, *value));
    invocation.flags.add({&flag, std::move(checked), Origin::Environment});
    return {};
  });
}

Result<void> add_config(Invocation& invocation, const World& world) {
  ConfigPath config = config_path(invocation, world);
  if (config.path.empty()) return {};
  auto text = world.files.read(config.path, {});
  if (!text && text.error().kind == ErrorKind::NotFound && !config.named) return {};
  if (!text)
    return std::unexpected(std::move(text)
                               .error()
                               .within("configuration")
                               .fix("give another with --config, or set XDG_CONFIG_HOME"));
  data::Sources sources;
  EIDOS_TRY(data::Value root, data::parse(*text, sources, config.path));
  data::Reading reading{sources};
  Config read;
  data::read_value(root, read, reading, nullptr);
  for (const data::Map::Entry& entry : read.defaults) add_default(entry, invocation, reading);
  for (const data::Map::Entry& entry : read.server) add_server(entry, invocation, reading);
  return reading.done();
}

}  // namespace eidos::cli
