// Keeps a binary built on a newer glibc loadable on glibc 2.34 (RHEL 9, Amazon Linux 2023, Ubuntu
// 22.04). The static libgcc and libstdc++ of GCC 12 call two functions that only later glibcs have;
// the loader would refuse the whole program for them. Both are defined here instead, hidden, so
// that libraries opened at run time keep the system's own.

#include <cstdint>
#include <cstdlib>

#include <dlfcn.h>
#include <link.h>
#include <sys/random.h>

namespace {

struct Search {
  std::uintptr_t address;
  dl_find_object* found;
};

/// dl_iterate_phdr callback: 1 and `found` filled when `address` lies in this object.
int inspect_object(dl_phdr_info* info, std::size_t, void* data) {
  const Search& search = *static_cast<Search*>(data);
  std::uintptr_t low = UINTPTR_MAX;
  std::uintptr_t high = 0;
  void* unwind_table = nullptr;
  bool inside = false;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    const std::uintptr_t end = begin + segment.p_memsz;
    if (segment.p_type == PT_GNU_EH_FRAME) unwind_table = reinterpret_cast<void*>(begin);
    if (segment.p_type != PT_LOAD) continue;
    low = begin < low ? begin : low;
    high = end > high ? end : high;
    inside = inside || (search.address >= begin && search.address < end);
  }
  if (!inside || unwind_table == nullptr) return 0;
  search.found->dlfo_flags = 0;
  search.found->dlfo_map_start = reinterpret_cast<void*>(low);
  search.found->dlfo_map_end = reinterpret_cast<void*>(high);
  search.found->dlfo_link_map = nullptr;
  search.found->dlfo_eh_frame = unwind_table;
  return 1;
}

}  // namespace

/// glibc 2.35: where the unwind table of the code at `address` lies. The unwinder calls it for each
/// frame of a throw; walking all objects is slower than glibc's own way and as right.
extern "C" __attribute__((visibility("hidden"))) int _dl_find_object(void* address,
                                                                     dl_find_object* result) noexcept {
  Search search{reinterpret_cast<std::uintptr_t>(address), result};
  return dl_iterate_phdr(inspect_object, &search) == 1 ? 0 : -1;
}

/// glibc 2.36: a random number that cannot fail. std::random_device calls it.
extern "C" __attribute__((visibility("hidden"))) std::uint32_t arc4random() noexcept {
  std::uint32_t number = 0;
  if (getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) std::abort();
  return number;
}
