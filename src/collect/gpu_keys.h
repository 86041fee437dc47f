#pragma once
// Private to this room: what is said of each GPU, whichever source says it, and how alike the sources say it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace eidos::collect {

constexpr std::size_t kMostFactBytes = 256;  ///< A longer text is no answer.

enum FactRule : unsigned {
  kFact = 0,
  kFirst = 1,     ///< Stands once more as "gpu.<name>", of the first GPU: as in the snapshots of older tools.
  kNumber = 2,    ///< A whole number; all others are text.
  kOwn = 4,       ///< Each GPU's own: that GPUs differ in it is no news.
  kIdentity = 8,  ///< Names one piece of hardware: left out unless asked for.
};

struct Fact {
  std::string_view name;          ///< Behind "gpu.<n>.".
  std::string_view element = {};  ///< Path below <gpu> in the report of nvidia-smi; empty: it has none.
  std::string_view older = {};    ///< The path before driver 530.
  unsigned rules = kFact;

  constexpr bool is(FactRule rule) const { return (rules & rule) != 0; }
};

/// What a GPU is and how it is set. Loads, temperatures and present clocks are left out, as is the present
/// PCIe generation, which drops while a GPU idles: an unchanged machine must read the same. The present
/// width stays: a link trains to it once, and one that trained too narrow is worth knowing.
std::span<const Fact> facts();
/// nullptr when there is none.
const Fact* find_fact(std::string_view name);

/// The text in quotes for a message, or in its place a word that it looks secret: messages pass no filter
/// later, as readings do.
std::string shown_text(std::string_view text);

// The texts of both sources are those of nvidia-smi.
std::string enabled_text(bool enabled);
std::string yes_text(bool yes);
std::string mebibytes_text(std::uint64_t bytes);
/// "700.00 W"
std::string watts_text(std::uint64_t milliwatts);
std::string megahertz_text(std::uint64_t megahertz);
/// "16x"
std::string lanes_text(std::uint64_t lanes);
/// "12.8" of 12080.
std::string cuda_text(std::int64_t version);

}  // namespace eidos::collect
