#include "base/profile_proto.h"

#include <charconv>
#include <span>

#include "base/text.h"

namespace eidos {

namespace {

// Field numbers of profile.proto.
enum ProfileField : std::uint8_t {
  kSampleType = 1,
  kSample = 2,
  kMapping = 3,
  kLocation = 4,
  kStrings = 6,
  kPeriodType = 11,
  kPeriod = 12
};
enum MappingField : std::uint8_t {
  kMappingId = 1,
  kMemoryStart = 2,
  kMemoryLimit = 3,
  kFileOffset = 4,
  kFilename = 5
};
enum LocationField : std::uint8_t { kLocationId = 1, kMappingOfLocation = 2, kAddress = 3 };
enum SampleField : std::uint8_t { kLocationIds = 1, kValues = 2 };
enum ValueTypeField : std::uint8_t { kType = 1, kUnit = 2 };

void add_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void add_number(std::string& out, std::uint8_t field, std::uint64_t value) {
  add_varint(out, std::uint64_t{field} << 3);
  add_varint(out, value);
}

void add_bytes(std::string& out, std::uint8_t field, std::string_view bytes) {
  add_varint(out, std::uint64_t{field} << 3 | 2);
  add_varint(out, bytes.size());
  out += bytes;
}

void add_packed(std::string& out, std::uint8_t field, std::span<const std::uint64_t> values) {
  std::string packed;
  for (std::uint64_t value : values) add_varint(packed, value);
  add_bytes(out, field, packed);
}

struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t limit = 0;
  std::uint64_t offset = 0;
  std::string_view file;
};

bool take_hex(std::string_view& rest, char end, std::uint64_t& out) {
  const auto [at, error] = std::from_chars(rest.data(), rest.data() + rest.size(), out, 16);
  if (error != std::errc{} || at == rest.data() + rest.size() || *at != end) return false;
  rest.remove_prefix(static_cast<std::size_t>(at - rest.data()) + 1);
  return true;
}

// "start-limit perms offset device inode   file"
bool read_mapping(std::string_view line, Mapping& out) {
  if (!take_hex(line, '-', out.start) || !take_hex(line, ' ', out.limit)) return false;
  if (line.size() < 5 || line[2] != 'x') return false;
  line.remove_prefix(5);
  if (!take_hex(line, ' ', out.offset)) return false;
  const std::size_t file = line.find_first_of("/[");
  if (file == std::string_view::npos) return false;
  out.file = line.substr(file);
  return true;
}

std::vector<Mapping> mappings_of(std::string_view maps) {
  std::vector<Mapping> out;
  for (std::string_view line : split(maps, '\n')) {
    Mapping mapping;
    if (read_mapping(line, mapping)) out.push_back(mapping);
  }
  return out;
}

class Writer {
 public:
  explicit Writer(std::string_view maps) : mappings_(mappings_of(maps)) { text(""); }

  std::uint64_t text(std::string_view text) {
    auto [at, added] = texts_.try_emplace(std::string(text), texts_.size());
    if (added) add_bytes(strings_, kStrings, text);
    return at->second;
  }

  void value_type(std::uint8_t field, std::string_view type, std::string_view unit) {
    std::string message;
    add_number(message, kType, text(type));
    add_number(message, kUnit, text(unit));
    add_bytes(out_, field, message);
  }

  void sample(std::span<const std::uintptr_t> stack, std::uint64_t times, std::uint64_t period_ns) {
    std::vector<std::uint64_t> ids;
    // One byte back a return address is in the call itself, also where that is the last of its function.
    for (std::uintptr_t address : stack) ids.push_back(location(ids.empty() ? address : address - 1));
    std::string message;
    add_packed(message, kLocationIds, ids);
    const std::uint64_t values[] = {times, times * period_ns};
    add_packed(message, kValues, values);
    add_bytes(out_, kSample, message);
  }

  std::string finish(std::uint64_t period_ns) {
    for (std::size_t i = 0; i < mappings_.size(); ++i) {
      const Mapping& mapping = mappings_[i];
      std::string message;
      add_number(message, kMappingId, i + 1);
      add_number(message, kMemoryStart, mapping.start);
      add_number(message, kMemoryLimit, mapping.limit);
      add_number(message, kFileOffset, mapping.offset);
      add_number(message, kFilename, text(mapping.file));
      add_bytes(out_, kMapping, message);
    }
    add_number(out_, kPeriod, period_ns);
    return std::move(out_ += strings_);
  }

 private:
  std::uint64_t location(std::uintptr_t address) {
    auto [at, added] = locations_.try_emplace(address, locations_.size() + 1);
    if (!added) return at->second;
    std::string message;
    add_number(message, kLocationId, at->second);
    for (std::size_t i = 0; i < mappings_.size(); ++i) {
      if (address >= mappings_[i].start && address < mappings_[i].limit)
        add_number(message, kMappingOfLocation, i + 1);
    }
    add_number(message, kAddress, address);
    add_bytes(out_, kLocation, message);
    return at->second;
  }

  std::vector<Mapping> mappings_;
  std::map<std::string, std::uint64_t, std::less<>> texts_;
  std::map<std::uintptr_t, std::uint64_t> locations_;
  std::string strings_;
  std::string out_;
};

}  // namespace

std::string profile_proto(const Stacks& stacks, std::uint64_t period_ns, std::string_view maps) {
  Writer writer(maps);
  writer.value_type(kSampleType, "samples", "count");
  writer.value_type(kSampleType, "cpu", "nanoseconds");
  writer.value_type(kPeriodType, "cpu", "nanoseconds");
  for (const auto& [stack, times] : stacks) writer.sample(stack, times, period_ns);
  return writer.finish(period_ns);
}

}  // namespace eidos
