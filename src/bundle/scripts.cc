#include "bundle/scripts.h"

#include <initializer_list>
#include <utility>

#include "base/text.h"
#include "bundle/objects.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kHead =
    "#!/usr/bin/env bash\n"
    "# Made by eidos; --help says what it does. Below the data it is the same in every bundle.\n"
    "set -euo pipefail\n"
    "LC_ALL=C\n"
    "export LC_ALL\n"
    "\n";

using Assignments = std::vector<std::pair<std::string_view, std::string>>;

File script(const Assignments& data, std::initializer_list<std::string_view> bodies) {
  std::string out(kHead);
  for (const auto& [name, value] : data) out += cat(name, "=", shell_quoted(value), "\n");
  for (std::string_view body : bodies) out += cat("\n", body);
  return File{std::move(out), true};
}

std::string title(const Stack& stack) {
  return cat(stack.name, " ", stack.version);
}

// The names of `needs` joined by commas; "-" keeps the columns of the table.
std::string needs(const Stack& stack, const Piece& piece) {
  std::string out;
  for (const Piece* other : waits_for(stack, piece)) out += cat(out.empty() ? "" : ",", other->name());
  return out.empty() ? "-" : out;
}

// Level, name, namespace, needs: a line per component. No grammar of these has a blank in it.
std::string table(const Stack& stack) {
  std::string out = "\n";
  for (const Piece& piece : stack.pieces)
    out += cat(piece.level, " ", piece.name(), " ", namespace_of(piece, stack.name_space), " ",
               needs(stack, piece), "\n");
  return out;
}

}  // namespace

std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

void add_umbrella_scripts(const Stack& stack, std::string_view release, FileTree& files) {
  Assignments data = {
      {"bundle", title(stack)}, {"release", std::string(release)}, {"default_namespace", stack.name_space}};
  files.emplace("undeploy.sh", script(data, {scripts::common, scripts::removal, scripts::undeploy_umbrella}));
  data.emplace_back("components", table(stack));
  files.emplace("deploy.sh", script(data, {scripts::common, scripts::levels, scripts::deploy_umbrella}));
}

void add_stack_scripts(const Stack& stack, FileTree& files) {
  Assignments data = {{"bundle", title(stack)}, {"components", table(stack)}};
  files.emplace("deploy.sh", script(data, {scripts::common, scripts::levels, scripts::deploy_components}));
  files.emplace("undeploy.sh",
                script(data, {scripts::common, scripts::levels, scripts::undeploy_components}));
}

void add_component_scripts(const Stack& stack, const Piece& piece, bool has_policy, FileTree& files) {
  Assignments data = {{"bundle", title(stack)},
                      {"release", piece.name()},
                      {"default_namespace", namespace_of(piece, stack.name_space)}};
  files.emplace("scripts/uninstall.sh",
                script(data, {scripts::common, scripts::removal, scripts::uninstall_component}));
  data.emplace_back("has_chart", piece.has_chart() ? "yes" : "no");
  data.emplace_back("has_policy", has_policy ? "yes" : "no");
  files.emplace("scripts/install.sh", script(data, {scripts::common, scripts::install_component}));
}

}  // namespace eidos::bundle
