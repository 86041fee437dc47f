// A tar from anywhere, packed here: the fuzzer would not find its way past the sums of gzip. What is packed
// already is read as it is.

#include "base/deflate.h"
#include "fuzz/archive_property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  std::string_view input = fuzz::text_of(data, size);
  if (input.starts_with("\x1f\x8b")) {
    fuzz::check_archive(input);
    return 0;
  }
  Deflater gzip(Wrap::Gzip);
  gzip.add(input);
  fuzz::check_archive(gzip.finish());
  return 0;
}
