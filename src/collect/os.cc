// The operating system: os-release, the kernel's command line, modules and settings.

#include <algorithm>

#include "base/text.h"
#include "collect/gather.h"
#include "collect/os_parse.h"
#include "model/secrets.h"

namespace eidos::collect {

namespace {

// Anything like xxxxxxxx-xxxx-..., or 32 hex digits in a row: it names one disk or one machine.
bool holds_uuid(std::string_view text) {
  constexpr std::size_t kDigits = 32;
  std::size_t run = 0;
  for (char c : text) {
    bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (hex)
      ++run;
    else if (c != '-')
      run = 0;
    if (run == kDigits) return true;
  }
  return false;
}

bool is_withheld(const data::Map::Entry& entry) {
  if (entry.key == "root") return true;
  const std::string& value = entry.value.string();
  return (entry.key == "initrd" && holds_uuid(value)) || model::is_secret(entry.key, value) ||
         model::looks_secret_value(entry.key);
}

std::string_view entries(std::size_t count) {
  return count == 1 ? "entry" : "entries";
}

}  // namespace

Result<Collection> collect_os_release(const Source& source) {
  auto text = source.read("/etc/os-release");
  if (!text && text.error().kind == ErrorKind::NotFound) text = source.read("/usr/lib/os-release");
  if (!text) return absent_if_missing(std::move(text).error());
  return one_subtype("release", parse_os_release(*text));
}

Result<Collection> collect_os_grub(const Source& source) {
  auto text = source.read("/proc/cmdline");
  if (!text) return absent_if_missing(std::move(text).error());
  data::Map shown;
  std::int64_t withheld = 0;
  for (const data::Map::Entry& entry : parse_cmdline(*text)) {
    if (is_withheld(entry))
      ++withheld;
    else
      shown.append(entry);
  }
  Collection collection = one_subtype("grub", std::move(shown));
  collection.withheld = withheld;
  if (std::size_t count = init_arguments(*text))
    collection.detail = cat(count, count == 1 ? " argument" : " arguments",
                            " for init, behind '--', left out: no parameters of the kernel");
  return collection;
}

namespace {

// version, srcversion, taint and the parameters of one module, where the kernel shows them.
void add_module_files(Gather& gather, const std::string& name) {
  const std::string directory = cat("/sys/module/", name);
  const std::string key = cat(document_text(name), ".");
  for (const char* file : {"version", "srcversion", "taint"})
    gather.add_file(cat(key, file), cat(directory, "/", file));
  const std::string parameters = cat(directory, "/parameters");
  for (const std::string& parameter : gather.names(parameters))
    gather.add_file(cat(key, "parameter.", document_text(parameter)), cat(parameters, "/", parameter));
}

}  // namespace

Result<Collection> collect_os_kmod(const Source& source) {
  auto text = source.read("/proc/modules");
  if (!text && text.error().kind == ErrorKind::NotFound)
    return absent("no /proc/modules: this kernel loads no modules");
  if (!text) return std::unexpected(std::move(text).error());
  if (!source.options.detail) return one_subtype("kmod", parse_modules(*text));
  Gather gather(source);
  for (const ModuleLine& module : parse_module_lines(*text)) {
    const std::string name = document_text(module.name);
    gather.add_flag(name, true);
    gather.add(cat(name, ".size"), document_text(module.size));
    gather.add(cat(name, ".refcount"), document_text(module.refcount));
    gather.add(cat(name, ".used-by"), document_text(module.used_by));
    gather.add(cat(name, ".state"), document_text(module.state));
    if (module.name.find('/') == std::string_view::npos && !module.name.starts_with('.'))
      add_module_files(gather, std::string(module.name));
  }
  return std::move(gather).take("kmod", "no module is loaded");
}

Result<Collection> collect_os_sysctl(const Source& source) {
  WalkOptions options;
  options.beneath = source.options.root;
  options.skip = [](std::string_view path) { return !sysctl_skip_reason(path).empty(); };
  options.limit = source.limit;
  auto walk = source.files.walk("/proc/sys", options);
  if (!walk) return absent_if_missing(std::move(walk).error());
  const Walked& walked = *walk;
  data::Map readings;
  for (const WalkedFile& file : walked.files)
    for (auto& [key, value] : sysctl_readings(file.path, file.bytes))
      readings.append({std::move(key), {}, data::Value(std::move(value))});
  Collection collection = one_subtype("sysctl", std::move(readings));
  if (walked.unread.empty() && !walked.cut) return collection;
  collection.status = model::CollectorStatus::Partial;
  if (walked.cut)
    collection.detail = cat("stopped after ", walked.files.size(), " entries, there are more");
  else
    collection.detail = cat(walked.unread.size(), " ", entries(walked.unread.size()),
                            " of /proc/sys could not be read: ", some_of(walked.unread));
  return collection;
}

}  // namespace eidos::collect
