#include "catalog/embedded.h"

extern "C" const char eidos_catalog_begin[];
extern "C" const char eidos_catalog_end[];

namespace eidos::catalog {

std::string_view embedded_catalog() {
  return {eidos_catalog_begin, static_cast<std::size_t>(eidos_catalog_end - eidos_catalog_begin)};
}

}  // namespace eidos::catalog
