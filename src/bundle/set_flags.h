#pragma once
// --set, --set-string, --set-json: from text to (component, path, value).

#include <string>
#include <string_view>

#include "bundle/bundle.h"
#include "data/path.h"
#include "data/value.h"

namespace eidos::bundle {

/// One flag, read. `component` is as spelled by the user.
struct Setting {
  std::string component;
  data::Path path;
  data::Value value;
  std::string flag;  ///< For messages, without the value: "--set 'gpuoperator:driver.version'".

  /// True for the path "enabled", which switches the component instead of being a chart value.
  bool is_switch() const;
};

/// The value of a --set: null, true and false as YAML 1.2 core spells them; a number where it prints back as
/// given ("10", "-2", "0.5"; not "1.10", "007", "+5", "1e3", "0x10", "1_000", nor what exceeds int64 or a
/// double's digits); anything else, the empty text too, is a string.
data::Value typed(std::string_view text);

/// Reads "component:path=value", at the first ':' and the first '=' outside quotes and escapes. Invalid: a
/// part is missing, the path does not parse, the JSON does not parse, text that is not UTF-8 or has control
/// characters other than newline and tab.
Result<Setting> parse_setting(const SetFlag& flag);

}  // namespace eidos::bundle
