#include "bundle/pages.h"

#include "base/text.h"
#include "bundle/markdown.h"

namespace eidos::bundle {
namespace {

std::string component_row(const Piece& piece) {
  const model::ComponentRef& ref = *piece.part.ref;
  std::string chart =
      piece.has_chart() ? cat(md_code(piece.chart()), " | ", md_code(ref.version), " | ", md_code(ref.source))
                        : std::string("manifests only |  | ");
  return cat("| ", md_code(ref.name), " | ", chart, " | ", md_code(ref.name_space), " |\n");
}

std::string crds_command(const Piece& piece) {
  const model::ComponentRef& ref = *piece.part.ref;
  std::string chart = ref.source.starts_with("oci://")
                          ? cat("'", ref.source, "/", piece.chart(), "'")
                          : cat("'", piece.chart(), "' --repo '", ref.source, "'");
  return cat("helm show crds ", chart, " --version '", ref.version,
             "' | kubectl apply --server-side --force-conflicts -f -");
}

}  // namespace

std::string target_section(const Stack& stack) {
  const model::Criteria& criteria = stack.recipe->criteria;
  std::string out = "## Target\n\n| Criterion | Value |\n|---|---|\n";
  for (const model::Dimension& dimension : model::kDimensions) {
    const std::string& value = criteria.*dimension.member;
    out += cat("| ", dimension.name, " | ", value.empty() ? "any" : md_code(value), " |\n");
  }
  if (criteria.nodes > 0) out += cat("| nodes | `", criteria.nodes, "` |\n");
  return out;
}

std::string components_section(const Stack& stack, std::string_view about) {
  std::string out =
      cat("## Components\n\nIn deployment order. ", about, "\n\n",
          "| Component | Chart | Version | Source | Namespace asked for |\n|---|---|---|---|---|\n");
  for (const Piece& piece : stack.pieces) out += component_row(piece);
  if (!stack.switched_off.empty()) out += cat("\nSwitched off: ", code_list(stack.switched_off), ".\n");
  if (!stack.not_chosen.empty())
    out += cat("\nOf the recipe, but not of this bundle: ", code_list(stack.not_chosen), ".\n");
  return out;
}

std::string constraints_section(const Stack& stack) {
  const std::vector<model::Constraint>& constraints = stack.recipe->constraints;
  if (constraints.empty()) return {};
  std::string out =
      "## Constraints\n\nWhat the cluster must fulfil; `eidos validate` checks it against a snapshot.\n\n"
      "| Path | Must be | If not |\n|---|---|---|\n";
  for (const model::Constraint& constraint : constraints) {
    std::string unit = constraint.unit.empty() ? "" : cat(" ", md_text(constraint.unit));
    std::string both = constraint.severity.empty() || constraint.remediation.empty() ? "" : ": ";
    out += cat("| ", md_code(constraint.name), " | ", md_code(constraint.value), unit, " | ",
               md_text(constraint.severity), both, md_text(constraint.remediation), " |\n");
  }
  return out + "\n";
}

std::string fenced(const std::vector<std::string>& commands) {
  return cat("```bash\n", join(commands, "\n"), "\n```\n");
}

std::string code_list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += cat(out.empty() ? "" : ", ", md_code(name));
  return out;
}

std::vector<std::string> crds_commands(const Stack& stack) {
  std::vector<std::string> out;
  for (const Piece& piece : stack.pieces)
    if (piece.has_chart()) out.push_back(crds_command(piece));
  return out;
}

}  // namespace eidos::bundle
