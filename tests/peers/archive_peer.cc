// Our archives, for tests/peers/archive_peers:
//
//   archive_peer make DIRECTORY   CASE.zip, CASE.tar.gz and CASE.txt ("MODE SHA256 PATH" a line) of every
//   case archive_peer list FILE        the same lines of an archive, or "! why"

#include <cstdio>
#include <random>
#include <string_view>

#include "base/sha256.h"
#include "base/text.h"
#include "seal/archive.h"

namespace {

using namespace eidos;

std::string noise(std::size_t size) {
  std::mt19937 random(3);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

struct Case {
  const char* name;
  FileTree tree;
};

std::vector<Case> cases() {
  const std::string part(120, 'p');
  FileTree many;
  for (int i = 0; i < 2000; ++i) many[cat("d", i % 7, "/", i, ".yaml")].bytes = cat("number: ", i, "\n");
  return {
      {"bundle",
       {{"Chart.yaml", {"name: a\n"}},
        {"deploy.sh", {"#!/bin/sh\n", true}},
        {"templates/x/y.yaml", {"a: b\n"}}}},
      {"contents", {{"empty", {""}}, {"large", {std::string(3'000'000, 'x')}}, {"noise", {noise(200'000)}}}},
      {"names", {{"größe/日本.yaml", {"1"}}, {"with blank/ü", {"2"}}, {"-dash", {"3"}}, {"a;b$(c)", {"4"}}}},
      {"long",
       {{std::string(100, 'a'), {"1"}},
        {std::string(101, 'b'), {"2"}},
        {cat(part, "/", part), {"3"}},
        {cat("q/", part, "/", part, "/", part, "/z.sh"), {"#!", true}}}},
      {"many", many},
  };
}

std::string listing(const FileTree& tree) {
  std::string out;
  for (const auto& [path, file] : tree)
    out += cat(file.executable ? "0755 " : "0644 ", sha256_hex(file.bytes), " ", path, "\n");
  return out;
}

int failed(const Error& error) {
  std::printf("! %s\n", error.message.c_str());
  return 1;
}

int make(const std::string& directory) {
  auto files = real_files();
  for (const Case& one : cases()) {
    const std::string base = cat(directory, "/", one.name);
    for (seal::Format format : {seal::Format::Zip, seal::Format::TarGz}) {
      auto bytes = seal::pack(one.tree, format, seal::kDefaultTime);
      if (!bytes) return failed(bytes.error());
      if (auto done = files->write(cat(base, ".", seal::name_of(format)), *bytes, 0644); !done)
        return failed(done.error());
    }
    if (auto done = files->write(cat(base, ".txt"), listing(one.tree), 0644); !done)
      return failed(done.error());
  }
  return 0;
}

int list(const std::string& path) {
  auto bytes = real_files()->read(path, {});
  if (!bytes) return failed(bytes.error());
  auto tree = seal::unpack(*bytes);
  if (!tree) return failed(tree.error());
  std::fputs(listing(*tree).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 3 ? argv[1] : "";
  if (mode == "make") return make(argv[2]);
  if (mode == "list") return list(argv[2]);
  std::fputs("usage: archive_peer make DIRECTORY | list FILE\n", stderr);
  return 2;
}
