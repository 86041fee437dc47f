// The PCI bus of a machine as sysfs shows it, which may be anything: one "path=bytes" a line, '|' for a line
// end, below /sys. Readings that every document can carry, the same for the same tree; nothing is left out
// without a word.

#include "base/text.h"
#include "collect/collector.h"
#include "fuzz/properties.h"
#include "tests/support/fake_files.h"
#include "tests/support/fake_processes.h"

namespace {

using namespace eidos;

void plant(std::string_view text, testing::FakeFiles& files) {
  constexpr std::size_t kMostFiles = 200;
  std::size_t count = 0;
  for (std::string_view line : split(text, '\n')) {
    const std::size_t sign = line.find('=');
    const std::string_view path = line.substr(0, sign);
    if (sign == std::string_view::npos || path.empty() || path.starts_with('/') || ++count > kMostFiles)
      continue;
    std::string bytes(line.substr(sign + 1));
    for (char& c : bytes)
      if (c == '|') c = '\n';
    files.put(cat("/sys/", path), std::move(bytes));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  testing::FakeFiles files;
  plant(fuzz::text_of(data, size), files);
  testing::FakeProcesses processes;
  const collect::Options options;
  const collect::Source source{files, processes, options, {}};
  auto first = collect::collect_os_pci(source);
  auto second = collect::collect_os_pci(source);
  EIDOS_ASSERT(first && second);
  EIDOS_ASSERT((first->status == model::CollectorStatus::Ok) == first->detail.empty());
  for (const model::Subtype& subtype : first->subtypes) {
    for (const data::Map::Entry& entry : subtype.data)
      EIDOS_ASSERT(!entry.key.empty() && entry.value.is_scalar());
    EIDOS_ASSERT(subtype.data == second->subtypes.front().data);
    fuzz::check_round_trips(data::Value(subtype.data));
  }
  return 0;
}
