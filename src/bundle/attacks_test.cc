// Names are data. Whatever a recipe or a flag puts where a name belongs, nothing is rendered, by any
// deployer.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/deployer.h"
#include "support/bundle_harness.h"

namespace eidos::bundle {
namespace {

using ::testing::HasSubstr;
using testing::messages;

enum class At : std::uint8_t { Name, Namespace, Version, Source, Chart, Manifest, NamespaceFlag, Repo };

// What the refusal speaks of.
std::string_view subject(At at) {
  switch (at) {
    case At::Name: return "component name ";
    case At::Namespace: return "cannot be a namespace";
    case At::Version: return "chart version";
    case At::Source: return "chart source ";
    case At::Chart: return "is no chart name";
    case At::Manifest: return "manifest path ";
    case At::NamespaceFlag: return "--namespace: ";
    case At::Repo: return "--repo ";
  }
  std::unreachable();
}

struct Attack {
  At at;
  std::string text;
};

const Attack kAttacks[] = {
    {At::Name, ""},
    {At::Name, "$(touch x)"},
    {At::Name, "`touch x`"},
    {At::Name, "${HOME}"},
    {At::Name, "a;b"},
    {At::Name, "a b"},
    {At::Name, "a\nb"},
    {At::Name, "a\tb"},
    {At::Name, "a\r"},
    {At::Name, std::string("a\0b", 3)},
    {At::Name, "a'b"},
    {At::Name, "a\"b"},
    {At::Name, "a\\b"},
    {At::Name, "a&b"},
    {At::Name, "a|b"},
    {At::Name, "a*"},
    {At::Name, "~"},
    {At::Name, "a#b"},
    {At::Name, "a: b"},
    {At::Name, "{{ x }}"},
    {At::Name, "%2e%2e"},
    {At::Name, "."},
    {At::Name, ".."},
    {At::Name, "../x"},
    {At::Name, "a/b"},
    {At::Name, "/etc"},
    {At::Name, "-a"},
    {At::Name, "--help"},
    {At::Name, "a-"},
    {At::Name, "Alpha"},
    {At::Name, "deploy.sh"},
    {At::Name, "README.md"},
    {At::Name, "recipe.yaml"},
    {At::Name, "checksums.txt"},
    {At::Name, "enabled"},
    {At::Name, "global"},
    {At::Name, "tags"},
    {At::Name, "attestation"},
    {At::Name, "charts"},
    {At::Name, "\u0430lpha"},   // a Cyrillic a
    {At::Name, "\uFF41lpha"},   // a full-width a
    {At::Name, "al\u200Bpha"},  // a zero-width space
    {At::Name, "al\u2011pha"},  // a hyphen that does not break
    {At::Name, std::string(64, 'a')},
    {At::Name, std::string(300, 'a')},
    {At::Namespace, "$(touch x)"},
    {At::Namespace, "`touch x`"},
    {At::Namespace, "a --set x=y"},
    {At::Namespace, "a\nspec: {project: other}"},
    {At::Namespace, "a'"},
    {At::Namespace, "a\""},
    {At::Namespace, "a;b"},
    {At::Namespace, "../a"},
    {At::Namespace, "a/b"},
    {At::Namespace, "a.b"},
    {At::Namespace, "-a"},
    {At::Namespace, "--all-namespaces"},
    {At::Namespace, "A"},
    {At::Namespace, "\u0430"},
    {At::Namespace, "a\u00A0b"},
    {At::Namespace, std::string(300, 'a')},
    {At::Version, ""},
    {At::Version, "latest"},
    {At::Version, "$(touch x)"},
    {At::Version, "`touch x`"},
    {At::Version, "1.0; touch x #"},
    {At::Version, "1.0.0\n"},
    {At::Version, "1.0.0'"},
    {At::Version, "1.0.0\""},
    {At::Version, "1.0.0 --repo x"},
    {At::Version, "1.0.0{{x}}"},
    {At::Version, "1.0.0|x"},
    {At::Version, ">=1.0.0"},
    {At::Version, "^1"},
    {At::Version, "~1.2"},
    {At::Version, "*"},
    {At::Version, "1.x"},
    {At::Version, "1.0.0 - 2.0.0"},
    {At::Version, "-1.0.0"},
    {At::Version, "--version"},
    {At::Version, "../1.0.0"},
    {At::Version, "\uFF11.0.0"},  // a full-width 1
    {At::Version, std::string(300, '1')},
    {At::Source, "/etc/passwd"},
    {At::Source, "../charts"},
    {At::Source, "file:///charts"},
    {At::Source, "ftp://host/x"},
    {At::Source, "git@host:x"},
    {At::Source, "javascript:alert(1)"},
    {At::Source, "-https://host/x"},
    {At::Source, "https://"},
    {At::Source, "https:///x"},
    {At::Source, "https://user:word@host/x"},
    {At::Source, "https://host/$(touch x)"},
    {At::Source, "https://host/`touch x`"},
    {At::Source, "https://host/a b"},
    {At::Source, "https://host/a\nb"},
    {At::Source, "https://host/a'b"},
    {At::Source, "https://host/a\"b"},
    {At::Source, "https://host/a;b"},
    {At::Source, "https://host/{{ x }}"},
    {At::Source, "https://host/?x=y"},
    {At::Source, "https://host/#x"},
    {At::Source, "https://host/../x"},
    {At::Source, "https://host:99999999"},
    {At::Source, "https://-host/x"},
    {At::Source, "https://h\u043Est/x"},  // a Cyrillic o
    {At::Source, "oci://host/x/.."},
    {At::Source, "https://host/" + std::string(3000, 'a')},
    {At::Chart, "x/alpha"},
    {At::Chart, "../alpha"},
    {At::Chart, "."},
    {At::Chart, "-alpha"},
    {At::Chart, "--repo"},
    {At::Chart, "a b"},
    {At::Chart, "a'b"},
    {At::Chart, "a\nb"},
    {At::Chart, "$(touch x)"},
    {At::Chart, "`touch x`"},
    {At::Chart, "oci://x"},
    {At::Chart, "\u0430lpha"},
    {At::Chart, std::string(300, 'a')},
    {At::Manifest, ""},
    {At::Manifest, "../../etc/passwd"},
    {At::Manifest, "/etc/passwd"},
    {At::Manifest, "components/gamma/manifests/../../../x.yaml"},
    {At::Manifest, "components/gamma/./x.yaml"},
    {At::Manifest, "components//x.yaml"},
    {At::Manifest, "components/$(touch x).yaml"},
    {At::Manifest, "components/`touch x`.yaml"},
    {At::Manifest, "components/a b.yaml"},
    {At::Manifest, "components/a\nb.yaml"},
    {At::Manifest, "components/a'b.yaml"},
    {At::Manifest, "components/a\"b.yaml"},
    {At::Manifest, "components\\a.yaml"},
    {At::Manifest, "components/-x.yaml"},
    {At::Manifest, "--x.yaml"},
    {At::Manifest, "components/{{ x }}.yaml"},
    {At::Manifest, "components/\uFF41.yaml"},
    {At::Manifest, std::string(300, 'a') + ".yaml"},
    {At::NamespaceFlag, "$(touch x)"},
    {At::NamespaceFlag, "a b"},
    {At::NamespaceFlag, "-a"},
    {At::NamespaceFlag, "a\n"},
    {At::NamespaceFlag, std::string(300, 'a')},
    {At::Repo, "$(touch x)"},
    {At::Repo, "https://host/`touch x`"},
    {At::Repo, "https://host/a\nb"},
    {At::Repo, "https://host/../x"},
    {At::Repo, "--upload-pack=x"},
    {At::Repo, "ext::sh -c x"},
    {At::Repo, "git@host:a b"},
    {At::Repo, "https://host/" + std::string(3000, 'a')},
};

class Attacks : public testing::BundleHarness {
 protected:
  Result<Bundle> rendered(const model::RecipeResult& recipe, const Options& options) {
    return render(catalog_, recipe, recipe_text_, options);
  }
  static void put(const Attack& attack, model::RecipeResult& recipe, Options& options) {
    model::ComponentRef& alpha = recipe.component_refs[0];
    switch (attack.at) {
      case At::Name:
        alpha.name = recipe.deployment_order[0] = recipe.component_refs[1].dependency_refs[0] = attack.text;
        return;
      case At::Namespace: alpha.name_space = attack.text; return;
      case At::Version: alpha.version = attack.text; return;
      case At::Source: alpha.source = attack.text; return;
      case At::Chart: alpha.chart = attack.text; return;
      case At::Manifest: alpha.manifest_files = {attack.text}; return;
      case At::NamespaceFlag: options.name_space = attack.text; return;
      case At::Repo: options.repo = attack.text; return;
    }
  }
};

TEST_F(Attacks, NoneIsRendered) {
  recipe_.metadata.catalog = {};
  ASSERT_GE(std::size(kAttacks), 100U);
  for (const Deployer& deployer : deployers()) {
    ASSERT_TRUE(rendered(recipe_, fitting(deployer))) << deployer.name;
    for (const Attack& attack : kAttacks) {
      if (attack.at == At::Repo && !deployer.takes_repo) continue;
      model::RecipeResult recipe = recipe_;
      Options options = fitting(deployer);
      put(attack, recipe, options);
      auto out = rendered(recipe, options);
      ASSERT_FALSE(out) << deployer.name << " " << deployer.layout << ": '" << attack.text << "'";
      EXPECT_EQ(out.error().kind, ErrorKind::Invalid) << attack.text;
      EXPECT_THAT(messages(out.error()), HasSubstr(subject(attack.at))) << "'" << attack.text << "'";
      EXPECT_EQ(messages(out.error()).find('\n'), std::string::npos) << "'" << attack.text << "'";
    }
  }
}

}  // namespace
}  // namespace eidos::bundle
