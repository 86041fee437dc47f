// Commands that take a recipe: validate, bundle.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

constexpr std::size_t kMostDocuments = 10'000;
constexpr std::string_view kValidateExamples[] = {
    "eidos validate -r recipe.yaml -s snapshot.yaml -t table",
    "eidos snapshot | eidos validate -r recipe.yaml -s - --allow-unknown",
    "eidos validate --schema v1alpha1 recipe.yaml overlays/*.yaml",
};
constexpr Flag kValidateFlags[] = {
    kRecipe,
    {.name = "snapshot",
     .letter = 's',
     .takes = Takes::File,
     .value = "FILE",
     .help = "snapshot to hold it against",
     .rules = kNeeded},
    {.name = "fail-on-error",
     .help = "exit 9 when something failed or is unknown; the default",
     .rules = kNegatable | kSetting},
    {.name = "allow-unknown", .help = "what cannot be told is no failure", .rules = kSetting},
    {.name = "schema",
     .takes = Takes::File,
     .value = "VERSION|FILE",
     .help = "check documents against our schemas (v1alpha1) or this one instead",
     .suggested = schema_versions},
    kOutput,
    kFormat,
    kAllowOutside,
    kCaFile,
};

constexpr std::string_view kBundleExamples[] = {
    "eidos bundle -r recipe.yaml -o bundle",
    "eidos bundle -r recipe.yaml -o bundle --set gpu-operator:driver.version=570.86.16",
    "eidos bundle -r recipe.yaml --diff bundle --accelerated-node-selector pool=gpu",
    "eidos bundle -r recipe.yaml -o bundle.zip",
};
constexpr std::string_view kBundleFormats[] = {"text", "json", "yaml"};
constexpr Flag kBundleTarget[] = {
    kRecipe,
    {.name = "output",
     .letter = 'o',
     .takes = Takes::File,
     .value = "DIR",
     .help = "directory to write, or FILE.zip, FILE.tar.gz"},
    {.name = "deployer",
     .letter = 'd',
     .takes = Takes::Text,
     .value = "NAME",
     .help = "what will deploy it: helm, argocd, flux, helmfile",
     .suggested = deployers},
    {.name = "layout",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "helm: one chart (umbrella), or one each (component)",
     .suggested = layouts},
    {.name = "repo",
     .takes = Takes::Text,
     .value = "URL",
     .help = "Git repository it will be in (argocd, flux)"},
    {.name = "repo-revision",
     .takes = Takes::Text,
     .value = "REV",
     .help = "branch, tag or commit there (HEAD)",
     .rules = kRare},
    {.name = "repo-path",
     .takes = Takes::Text,
     .value = "DIR",
     .help = "folder of the bundle there",
     .rules = kRare},
    {.name = "namespace",
     .letter = 'n',
     .takes = Takes::Text,
     .value = "NAME",
     .help = "namespace of the release (eidos-stack)",
     .rules = kSetting},
    {.name = "component",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "only this component; repeatable",
     .rules = kRepeats},
    {.name = "bundlers",
     .takes = Takes::Text,
     .value = "A,B",
     .help = "the older spelling of --component",
     .rules = kRepeats | kRare},
};
constexpr Flag kBundleRules[] = {
    {.name = "nodes", .takes = Takes::Count, .value = "N", .help = "number of GPU nodes"},
    {.name = "strict-values", .help = "a --set path that nothing knows is an error", .rules = kSetting},
    {.name = "allow-missing-dependency", .help = "leave out what another component needs", .rules = kRare},
    kAllowMismatch,
    {.name = "fail-fast", .help = "of several problems tell the first", .rules = kRare},
    {.name = "force", .help = "replace what is no bundle"},
    {.name = "fsync", .help = "survive a power cut, too", .rules = kRare},
    {.name = "dry-run", .help = "show the tree; write nothing"},
    {.name = "diff",
     .takes = Takes::File,
     .value = "BUNDLE",
     .help = "show what changes in this one; write nothing"},
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to tell the result",
     .choices = kBundleFormats},
    kCatalog,
    kData,
    kLock,
    kAllowOutside,
    kCaFile,
};
constexpr auto kBundleFlags = joined(kBundleTarget, kValueFlags, kBundleRules, kServerFlags);

constexpr std::string_view kVerifyExamples[] = {
    "eidos verify bundle",
    "eidos verify bundle.zip --explain",
    "eidos verify bundle -t json --strict",
};
constexpr std::string_view kVerifyFormats[] = {"table", "json", "yaml"};
constexpr Flag kVerifyFlags[] = {
    {.name = "strict", .help = "what helm or git added is a finding, too"},
    {.name = "explain", .help = "what was checked, and what to do about each finding"},
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to tell the result",
     .choices = kVerifyFormats},
};

constexpr std::string_view kImagesExamples[] = {
    "eidos images -r recipe.yaml",
    "eidos images -r recipe.yaml --why",
    "eidos images -r recipe.yaml -t skopeo -o mirror.yaml --node-os ubuntu24.04",
};
constexpr std::string_view kImageFormats[] = {"list", "table", "yaml", "json", "skopeo", "hauler", "zarf"};
constexpr Flag kImagesFlags[] = {
    kRecipe,
    {.name = "why", .help = "a table with where each fact was read and what value set it"},
    {.name = "node-os",
     .takes = Takes::Text,
     .value = "SYSTEM",
     .help = "system of the nodes for driver images, as in ubuntu24.04; else the recipe's"},
    {.name = "component",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "only this component; repeatable",
     .rules = kRepeats},
    {.name = "bundlers",
     .takes = Takes::Text,
     .value = "A,B",
     .help = "the older spelling of --component",
     .rules = kRepeats | kRare},
    {.name = "set",
     .takes = Takes::Text,
     .value = "C:PATH=VALUE",
     .help = "override a value, as for bundle; repeatable",
     .rules = kRepeats},
    {.name = "set-string",
     .takes = Takes::Text,
     .value = "C:PATH=TEXT",
     .help = "the same, always text",
     .rules = kRepeats},
    {.name = "set-json",
     .takes = Takes::Text,
     .value = "C:PATH=JSON",
     .help = "the same, any JSON",
     .rules = kRepeats | kRare},
    {.name = "values-file",
     .takes = Takes::File,
     .value = "C=FILE",
     .help = "values for a component, below --set; repeatable",
     .rules = kRepeats},
    {.name = "allow-missing-dependency", .help = "leave out what another component needs", .rules = kRare},
    kAllowMismatch,
    kOutput,
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to write it",
     .choices = kImageFormats},
    kCatalog,
    kData,
    kLock,
    kAllowOutside,
    kCaFile,
};

constexpr Command kCommands[] = {
    {.name = "validate",
     .arguments = "[DOCUMENT...]",
     .most_arguments = kMostDocuments,
     .summary = "hold a recipe against a snapshot, or documents against their schema",
     .examples = kValidateExamples,
     .flags = kValidateFlags,
     .run = run_validate,
     .rules = kFileArgument,
     .instead = "schema"},
    {.name = "bundle",
     .summary = "render a recipe into what Helm, Argo CD, Flux or helmfile deploys",
     .examples = kBundleExamples,
     .flags = kBundleFlags,
     .run = run_bundle},
    {.name = "verify",
     .arguments = "DIR|FILE",
     .most_arguments = 1,
     .summary = "check that a bundle is what was written",
     .about = "Every file that checksums.txt lists must be there and unchanged, and nothing else: 9 when "
              "something "
              "is found, 2 when it is no bundle, 3 when it is not there. It shows what changed since the "
              "bundle was "
              "written, not who wrote it: nothing is signed.",
     .examples = kVerifyExamples,
     .flags = kVerifyFlags,
     .run = run_verify,
     .rules = kFileArgument},
    {.name = "images",
     .summary = "list the container images and charts of a recipe",
     .about = "Lists come from facts recorded with their sources. What could not be looked up is named, and "
              "the exit code "
              "is then 9.",
     .examples = kImagesExamples,
     .flags = kImagesFlags,
     .run = run_images},
};

}  // namespace

std::span<const Command> bundle_commands() {
  return kCommands;
}

}  // namespace eidos::cli
