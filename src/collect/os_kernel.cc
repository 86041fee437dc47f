// The kernel: what it is, how far it is to be trusted, and what guards it.

#include "base/text.h"
#include "collect/gather.h"
#include "collect/os_hardware.h"

namespace eidos::collect {

namespace {

// Documentation/admin-guide/tainted-kernels.rst, by bit.
constexpr std::string_view kTaints[] = {"proprietary-module",    "force-loaded-module",
                                        "unsupported-processor", "force-unloaded-module",
                                        "machine-check",         "bad-page",
                                        "set-by-user",           "died",
                                        "acpi-overridden",       "warned",
                                        "staging-driver",        "firmware-workaround",
                                        "out-of-tree-module",    "unsigned-module",
                                        "soft-lockup",           "live-patched",
                                        "distribution",          "randomized-structures",
                                        "in-kernel-test",        "fwctl-mutated"};

constexpr std::string_view kEfiVariables = "/sys/firmware/efi/efivars/";
// UEFI specification, "Globally Defined Variables"; shim's own.
constexpr std::string_view kSecureBoot = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
constexpr std::string_view kSetupMode = "SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c";
constexpr std::string_view kShimState = "MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23";

std::optional<int> efi_variable(Gather& gather, std::string_view name) {
  const std::string path = cat(kEfiVariables, name);
  const auto bytes = gather.bytes(path);
  if (!bytes) return std::nullopt;
  const auto value = efi_byte(*bytes);
  if (!value) gather.unread(path);
  return value;
}

void add_firmware(Gather& gather) {
  if (!gather.exists("/sys/firmware")) return;  // no sysfs here: nothing is known
  const bool efi = gather.exists("/sys/firmware/efi");
  gather.add_flag("efi", efi);
  if (!efi) return;
  auto secure = efi_variable(gather, kSecureBoot);
  if (!secure) return;  // efivarfs is not mounted, or this firmware knows no Secure Boot
  gather.add_flag("secure-boot", *secure == 1);
  if (auto setup = efi_variable(gather, kSetupMode)) gather.add_flag("secure-boot.setup-mode", *setup == 1);
  // Set when shim was told not to verify what it loads: Secure Boot is on, and yet nothing is checked.
  if (auto shim = efi_variable(gather, kShimState)) gather.add_flag("secure-boot.shim-validates", *shim != 1);
}

void add_taints(Gather& gather) {
  constexpr const char* kPath = "/proc/sys/kernel/tainted";
  const auto text = gather.text(kPath);
  if (!text) return;
  const auto number = to_int(*text);
  if (!number || *number < 0) return gather.unread(kPath);
  gather.add("tainted", *number);
  gather.add("taints", join(taint_names(static_cast<std::uint64_t>(*number)), ","));
}

// cgroups(7): the unified hierarchy has its controllers at the root, the old one a directory for each.
void add_cgroups(Gather& gather) {
  constexpr const char* kController = "/sys/fs/cgroup/cgroup.controllers";
  if (auto controllers = gather.text(kController)) {
    gather.add("cgroup-version", std::int64_t{2});
    gather.add("cgroup-controllers", *controllers);
  } else if (gather.exists("/sys/fs/cgroup/memory") || gather.exists("/sys/fs/cgroup/cpu")) {
    gather.add("cgroup-version", std::int64_t{1});
  }
}

void add_guards(Gather& gather) {
  if (auto lockdown = gather.text("/sys/kernel/security/lockdown"))
    gather.add("lockdown", std::string(chosen(*lockdown)));
  gather.add_file("security-modules", "/sys/kernel/security/lsm");
  gather.add_file("selinux-enforcing", "/sys/fs/selinux/enforce");
  gather.add_file("apparmor", "/sys/module/apparmor/parameters/enabled");
  gather.add_file("modules-must-be-signed", "/sys/module/module/parameters/sig_enforce");
}

}  // namespace

std::vector<std::string> taint_names(std::uint64_t tainted) {
  constexpr int kBits = 64;
  std::vector<std::string> out;
  for (int bit = 0; bit < kBits; ++bit) {
    if (((tainted >> bit) & 1) == 0) continue;
    const bool known = bit < std::ssize(kTaints);
    out.push_back(known ? std::string(kTaints[bit]) : cat("bit-", bit));
  }
  return out;
}

std::optional<int> efi_byte(std::string_view bytes) {
  constexpr std::size_t kAttributes = 4;
  if (bytes.size() != kAttributes + 1) return std::nullopt;
  return static_cast<unsigned char>(bytes.back());
}

Result<Collection> collect_os_kernel(const Source& source) {
  if (auto there = source.files.kind("/proc/sys/kernel", source.options.root); !there)
    return absent_if_missing(std::move(there).error());
  Gather gather(source);
  gather.add_file("release", "/proc/sys/kernel/osrelease");
  gather.add_file("version", "/proc/sys/kernel/version");
  gather.add_file("architecture", "/proc/sys/kernel/arch");
  add_taints(gather);
  add_guards(gather);
  add_firmware(gather);
  add_cgroups(gather);
  gather.add_file("clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource");
  gather.add_file("crash-kernel-loaded", "/sys/kernel/kexec_crash_loaded");
  gather.add_file("crash-kernel-bytes", "/sys/kernel/kexec_crash_size");
  gather.add("live-patches", join(gather.names("/sys/kernel/livepatch"), ","));
  return std::move(gather).take("kernel", "no /proc/sys/kernel");
}

}  // namespace eidos::collect
