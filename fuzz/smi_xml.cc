// What stands for nvidia-smi may write anything: refused with one clear line, or read as readings that every
// document can carry.

#include "collect/gpu_smi.h"
#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  auto report = collect::parse_smi_xml(fuzz::text_of(data, size));
  if (!report) {
    fuzz::check_error(report.error());
    return 0;
  }
  EIDOS_ASSERT(report->gpus >= 0);
  for (const std::string& problem : report->problems) fuzz::check_line(problem);
  for (const std::string& note : report->notes) fuzz::check_line(note);
  for (const data::Map::Entry& entry : report->readings)
    EIDOS_ASSERT(entry.key.find("uuid") == std::string::npos &&
                 entry.key.find("serial") == std::string::npos);
  fuzz::check_round_trips(data::Value(report->readings));
  return 0;
}
