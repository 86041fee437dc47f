#include "cli/report_error.h"

#include "base/log.h"
#include "base/text.h"
#include "data/document.h"

namespace eidos::cli {

namespace {

constexpr std::size_t kMostLines = 20;

std::string one_line(const Error& error, bool color) {
  std::string text = error.where.empty() ? error.message : cat(error.where, ": ", error.message);
  if (!error.hint.empty()) text += cat("; ", error.hint);
  return log_line({LogMode::People, LogLevel::Error, color}, {LogLevel::Error, text});
}

data::Value as_value(const Error& error) {
  data::Map map;
  map.set("code", wire_code(error.kind));
  map.set("message", error.message);
  if (!error.where.empty()) map.set("where", error.where);
  if (!error.hint.empty()) map.set("hint", error.hint);
  return data::Value(std::move(map));
}

}  // namespace

std::string error_lines(const Error& error, bool color) {
  std::string out = one_line(error, color);
  std::size_t lines = 1;
  for (const Error& other : error.others) {
    if (++lines > kMostLines) {
      out +=
          one_line({error.kind, cat("and ", error.others.size() + 1 - kMostLines, " more"), {}, {}}, color);
      break;
    }
    out += one_line(other, color);
  }
  return out;
}

std::string error_json(const Error& error) {
  data::Map map;
  map.set("level", "error");
  data::Value body = as_value(error);
  for (const data::Map::Entry& entry : body.map()) map.set(entry.key, entry.value);
  map.set("exit", exit_code(error.kind));
  if (!error.others.empty()) {
    data::List others;
    for (const Error& other : error.others) others.push_back(as_value(other));
    map.set("others", data::Value(std::move(others)));
  }
  return data::to_compact_json(data::Value(std::move(map))) + "\n";
}

}  // namespace eidos::cli
