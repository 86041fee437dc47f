#pragma once
// Private to this room: the texts that describe processors, memory, buses and the kernel, read. Pure; any
// bytes may come in.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace eidos::collect {

/// /proc/cpuinfo of x86 and arm64: vendor, model, family, microcode, ...; each of the different values where
/// processors differ, joined with ", ".
data::Map parse_cpuinfo(std::string_view text);

/// One device's uevent file of sysfs.
struct PciIdentity {
  std::string vendor;  ///< "10de", lower case.
  std::string device;
  std::string subsystem;  ///< "10de:16c1"
  std::string type;       ///< Its class, six hex digits: "030200".
  std::string driver;     ///< Empty: none is bound.
};
/// nullopt when it has no PCI_ID.
std::optional<PciIdentity> parse_pci_uevent(std::string_view text);

/// Names for the bits of /proc/sys/kernel/tainted (Documentation/admin-guide/tainted-kernels.rst), lowest
/// first; "bit-31" for one that has no name.
std::vector<std::string> taint_names(std::uint64_t tainted);

/// An EFI variable as efivarfs shows it: four bytes of attributes, then one byte. nullopt for anything else.
std::optional<int> efi_byte(std::string_view bytes);

/// /proc/PID/limits: "max-open-files" → {"soft", "hard"} as "init.max-open-files.soft".
data::Map parse_process_limits(std::string_view text);

/// limits.conf(5) into `out`, as "pam.DOMAIN.soft.ITEM"; what comes later replaces what was there.
void read_pam_limits(std::string_view text, data::Map& out);

/// The limits that systemd-system.conf(5) sets for all services, into `out`, as "systemd.DefaultLimitNOFILE".
void read_systemd_limits(std::string_view text, data::Map& out);

}  // namespace eidos::collect
