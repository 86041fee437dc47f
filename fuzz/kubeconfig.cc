// A kubeconfig comes from whoever runs the cluster, and is edited by hand: refused with one clear line, or
// one cluster and one user, whose server is https or this machine.

#include "kube/kubeconfig.h"

#include "fuzz/properties.h"
#include "net/url.h"
#include "tests/support/fake_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  testing::FakeFiles files{{"/k/config", std::string(fuzz::text_of(data, size))}, {"/k/ca.crt", "PEM"}};
  auto nothing = [](const char*) { return std::string(); };
  for (const char* context : {"", "dev"}) {
    auto config = kube::find_config(files, nothing, {"/k/config", context});
    if (!config) {
      // A file that the kubeconfig names may be missing.
      bool missing = config.error().kind == ErrorKind::NotFound;
      fuzz::check_error(config.error(), missing ? ErrorKind::NotFound : ErrorKind::Invalid);
      continue;
    }
    EIDOS_ASSERT(config->has_value());
    const kube::Config& found = **config;
    auto server = net::parse_url(found.server);
    EIDOS_ASSERT(server && (server->secure || kube::is_loopback(server->host)));
    EIDOS_ASSERT(found.certificate.empty() == found.key.empty());
    EIDOS_ASSERT(!found.insecure || found.authorities.empty());
  }
  return 0;
}
