// Secrets planted wherever the OS collectors read, in every form: none comes out, in no form.

#include <cctype>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/collect.h"
#include "data/document.h"
#include "support/canaries.h"
#include "support/capture_log.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"

namespace eidos::collect {
namespace {

using testing::FakeFiles;
using testing::Planted;

// A JSON string, which is a basic string of TOML and a double-quoted one of YAML, too.
std::string spelled(std::string_view value) {
  return data::to_compact_json(data::Value(value));
}

std::string as_name(std::string_view key) {
  std::string name(key);
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

// Known by its looks: it may stand under any name, or under none.
bool by_itself(const Planted& planted) {
  return planted.key.starts_with("plain-");
}

enum class What : std::uint8_t {
  All,     // any name and value
  Values,  // values that are known by their looks: the name is the source's own
};
enum class Form : std::uint8_t { Text, Line, Word };

bool fits(const Planted& planted, Form form) {
  switch (form) {
    case Form::Text: return true;
    case Form::Line: return planted.value.find('\n') == std::string::npos;
    case Form::Word: return planted.value.find_first_of(" \n\"'#\\") == std::string::npos;
  }
  std::unreachable();
}

std::vector<Planted> planted_for(What what, Form form) {
  std::vector<Planted> out;
  if (what == What::All) out = testing::canaries_by_name();
  for (auto some : {testing::canary_words, testing::canary_texts})
    for (Planted& planted : some(testing::kCanary)) out.push_back(std::move(planted));
  std::erase_if(out, [&](const Planted& planted) { return !fits(planted, form); });
  return out;
}

// One place that a secret can stand in, and how it is spelled there.
struct Place {
  const char* name;
  What what;
  Form form;
  void (*plant)(FakeFiles& files, const Planted& planted);
};

constexpr Place kPlaces[] = {
    {"os-release", What::All, Form::Line,
     [](FakeFiles& files, const Planted& p) {
       files.put("/etc/os-release", cat("NAME=x\nP_", as_name(p.key), "=", spelled(p.value), "\n"));
     }},
    {"kernel command line", What::All, Form::Word,
     [](FakeFiles& files, const Planted& p) {
       files.put("/proc/cmdline", cat("quiet ", p.key, "=", p.value, " ", by_itself(p) ? p.value : "",
                                      " ro -- ", p.value, "\n"));
     }},
    {"kernel command line, quoted", What::All, Form::Word,
     [](FakeFiles& files, const Planted& p) {
       files.put("/proc/cmdline",
                 cat("quiet ", p.key, "=\"a ", p.value, "\" \"x.y=", by_itself(p) ? p.value : "z", " b\"\n"));
     }},
    {"sysctl", What::All, Form::Text,
     [](FakeFiles& files, const Planted& p) { files.put(cat("/proc/sys/vendor/", p.key), p.value); }},
    {"module parameter", What::All, Form::Line,
     [](FakeFiles& files, const Planted& p) {
       files.put("/proc/modules", "vendor 1 0 - Live 0x0\n");
       files.put(cat("/sys/module/vendor/parameters/", p.key), p.value);
     }},
    {"processor", What::Values, Form::Line,
     [](FakeFiles& files, const Planted& p) {
       files.put("/proc/cpuinfo", cat("model name\t: ", p.value, "\nflags\t: ", p.value, "\n"));
     }},
    {"PCI driver", What::Values, Form::Line,
     [](FakeFiles& files, const Planted& p) {
       files.put("/sys/bus/pci/devices/0000:01:00.0/uevent", cat("PCI_ID=10DE:2330\nDRIVER=", p.value, "\n"));
     }},
    {"kernel", What::Values, Form::Text,
     [](FakeFiles& files, const Planted& p) { files.put("/proc/sys/kernel/version", p.value); }},
    {"logins' limits", What::Values, Form::Word,
     [](FakeFiles& files, const Planted& p) {
       files.put("/etc/security/limits.conf", cat(p.value, " soft core 0\n* soft core ", p.value, "\n"));
     }},
    {"systemd's limits", What::Values, Form::Line,
     [](FakeFiles& files, const Planted& p) {
       files.put("/etc/systemd/system.conf", cat("[Manager]\nDefaultLimitCORE=", p.value,
                                                 "\nDefaultEnvironment=", p.key, "=", p.value, "\n"));
     }},
    {"containerd", What::Values, Form::Text,
     [](FakeFiles& files, const Planted& p) {
       files.put("/etc/containerd/config.toml",
                 cat("version = 2\nroot = ", spelled(p.value), "\nimports = [", spelled(p.value), "]\n",
                     "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.", spelled(p.value),
                     ".options]\nBinaryName = ", spelled(p.value), "\n"));
     }},
    {"containerd's registries", What::All, Form::Text,
     [](FakeFiles& files, const Planted& p) {
       files.put("/etc/containerd/config.toml",
                 cat("version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.r.auth]\n",
                     spelled(p.key), " = ", spelled(p.value), "\n"));
     }},
    {"a file that does not parse", What::All, Form::Text,
     [](FakeFiles& files, const Planted& p) {
       files.put("/etc/containerd/config.toml", cat("version = 2\n", p.key, " = ", p.value, "\n= ", p.value));
       files.put("/etc/docker/daemon.json", cat("{", spelled(p.key), ": ", spelled(p.value), ","));
       files.put("/var/lib/kubelet/config.yaml", cat("a: [", p.value, "\nb: ", p.value, "]: {"));
     }},
    {"docker", What::Values, Form::Text,
     [](FakeFiles& files, const Planted& p) {
       files.put(
           "/etc/docker/daemon.json",
           cat("{\"data-root\": ", spelled(p.value), ", \"proxies\": {\"http-proxy\": ", spelled(p.value),
               "}, \"runtimes\": {", spelled(p.value), ": {\"path\": ", spelled(p.value), "}}}"));
     }},
    {"kubelet", What::Values, Form::Text,
     [](FakeFiles& files, const Planted& p) {
       files.put("/var/lib/kubelet/config.yaml",
                 cat("cgroupDriver: ", spelled(p.value), "\nstaticPodURL: ", spelled(p.value),
                     "\nfeatureGates: {x: ", spelled(p.value), "}\n"));
     }},
    {"a device specification's name", What::Values, Form::Word,
     [](FakeFiles& files, const Planted& p) {
       if (p.value.find('/') == std::string::npos)
         files.put(cat("/etc/cdi/", p.value, ".yaml"), cat("kind: ", spelled(p.value), "\n"));
     }},
    {"host name", What::Values, Form::Word,
     [](FakeFiles& files, const Planted& p) { files.put("/proc/sys/kernel/hostname", p.value); }},
};

// Everything that leaves: the document in both formats, the warnings, the log.
std::string all_output(FakeFiles& files) {
  testing::FakeClock clock;
  testing::FakeProcesses processes;
  testing::CaptureLog log;
  Context context{files, clock, processes, log, {}};
  auto collected = collect(context, {.filter = {"os"}, .parallel = 1, .detail = true});
  if (!collected) return cat("failed: ", collected.error().message);
  const data::Value document = data::write_value(collected->snapshot);
  std::string text = data::to_yaml(document) + data::to_json(document);
  for (const std::string& warning : collected->warnings) text += warning + "\n";
  return text;
}

class Canaries : public ::testing::TestWithParam<Place> {};

TEST_P(Canaries, DoNotComeOut) {
  const Place& place = GetParam();
  const std::vector<Planted> planted = planted_for(place.what, place.form);
  EXPECT_GE(planted.size(), 10U);
  for (const Planted& one : planted) {
    FakeFiles files;
    place.plant(files, one);
    const std::string text = all_output(files);
    EXPECT_NE(text.find("kind: Snapshot"), std::string::npos) << text;
    EXPECT_EQ(testing::canary_found(text), "") << one.how << " = " << one.value;
  }
}

std::string name_of(const ::testing::TestParamInfo<Place>& info) {
  return as_name(info.param.name);
}

INSTANTIATE_TEST_SUITE_P(Sources, Canaries, ::testing::ValuesIn(kPlaces), name_of);

}  // namespace
}  // namespace eidos::collect
