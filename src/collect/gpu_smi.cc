#include "collect/gpu_smi.h"

#include <algorithm>
#include <optional>

#include <pugixml.hpp>

#include "base/text.h"
#include "collect/collector.h"
#include "collect/gpu_keys.h"

namespace eidos::collect {

namespace {

constexpr std::size_t kMostBytes = std::size_t{16} * 1024 * 1024;
constexpr std::size_t kMostGpus = 1024;  // described; a machine has 16

// The driver's ways to say that it does not know.
constexpr std::string_view kNoAnswer[] = {"N/A",
                                          "Not Supported",
                                          "Not Available",
                                          "Unknown Error",
                                          "ERR!",
                                          "GPU is lost",
                                          "Insufficient Permissions",
                                          "Not Found",
                                          "Requested functionality has been deprecated",
                                          "Unknown"};
// In place of a name: the driver knows of the GPU and cannot reach it.
constexpr std::string_view kLost[] = {"GPU is lost", "Unknown Error", "ERR!"};

std::string_view without_brackets(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) return text.substr(1, text.size() - 2);
  return text;
}

std::string_view text_of(const pugi::xml_node& node) {
  return without_brackets(trim(node.child_value()));
}

// "" when there is no answer.
std::string value_of(const pugi::xml_node& node) {
  std::string_view text = trim(node.child_value());
  if (std::ranges::find(kNoAnswer, without_brackets(text)) != std::end(kNoAnswer)) return {};
  if (text.size() > kMostFactBytes) return {};
  return document_text(text);
}

pugi::xml_node descendant(pugi::xml_node node, std::string_view path) {
  for (std::string_view part : split(path, '/')) node = node.child(std::string(part).c_str());
  return node;
}

data::Map facts_of(const pugi::xml_node& gpu) {
  data::Map out;
  for (const Fact& fact : facts()) {
    if (fact.element.empty()) continue;
    std::string value = value_of(descendant(gpu, fact.element));
    if (value.empty() && !fact.older.empty()) value = value_of(descendant(gpu, fact.older));
    if (!value.empty()) out.append({std::string(fact.name), {}, data::Value(std::move(value))});
  }
  // MIG devices are elements of their own; without any, the list holds the word "None".
  const data::Value* mig = out.find("mig-mode");
  if (mig != nullptr && mig->string() == "Enabled") {
    auto devices = gpu.child("mig_devices").children("mig_device");
    out.append(
        {"mig-device-count", {}, data::Value(std::int64_t{std::distance(devices.begin(), devices.end())})});
  }
  return out;
}

// The elements below the root. Of a report that was cut the last one is not sure.
std::vector<pugi::xml_node> sure_elements(const pugi::xml_node& root, bool whole) {
  std::vector<pugi::xml_node> out;
  for (const pugi::xml_node& node : root.children())
    if (node.type() == pugi::node_element) out.push_back(node);
  if (!whole && !out.empty()) out.pop_back();
  return out;
}

class ReportReader {
 public:
  explicit ReportReader(const std::vector<pugi::xml_node>& elements) {
    for (const pugi::xml_node& node : elements) {
      std::string_view name = node.name();
      if (name == "gpu") gpus_.push_back(node);
      if (name == "driver_version") view_.driver = value_of(node);
      if (name == "cuda_version") view_.cuda = value_of(node);
      if (name == "attached_gpus") attached_ = to_int(trim(node.child_value()));
    }
  }

  DriverView read(bool whole) && {
    std::int64_t lost = 0;
    for (std::size_t n = 0; n < gpus_.size(); ++n) {
      if (std::ranges::find(kLost, text_of(gpus_[n].child("product_name"))) != std::end(kLost)) {
        if (++lost <= kMostLost) say_lost(n);
      } else if (view_.gpus.size() < kMostGpus) {
        view_.gpus.push_back({static_cast<std::int64_t>(n), facts_of(gpus_[n])});
      }
    }
    count(whole, std::ssize(gpus_) - lost);
    return std::move(view_);
  }

 private:
  static constexpr std::int64_t kMostLost = 16;  // named one by one

  void say_lost(std::size_t n) {
    view_.problems.push_back(cat("GPU ", n, " at ", shown_text(gpus_[n].attribute("id").value()),
                                 " does not answer the driver: ", text_of(gpus_[n].child("product_name"))));
  }

  // How many there are, by what the report lists; of a cut report only the driver's own count is to be
  // trusted.
  void count(bool whole, std::int64_t answering) {
    if (whole)
      view_.count = answering;
    else if (attached_ && *attached_ >= 0)
      view_.count = *attached_;
    if (attached_ && *attached_ != std::ssize(gpus_))
      view_.problems.push_back(
          cat("the driver counts ", *attached_, " GPUs, the report describes ", gpus_.size()));
  }

  std::vector<pugi::xml_node> gpus_;
  std::optional<std::int64_t> attached_;
  DriverView view_;
};

}  // namespace

Result<DriverView> read_smi_xml(std::string_view text) {
  if (text.size() > kMostBytes)
    return fail(ErrorKind::Invalid, cat("the report is larger than ", kMostBytes, " bytes"));
  pugi::xml_document document;
  pugi::xml_parse_result parsed = document.load_buffer(
      text.data(), text.size(), pugi::parse_minimal | pugi::parse_escapes, pugi::encoding_utf8);
  const bool whole = parsed.status == pugi::status_ok;
  std::string cause = whole ? "" : cat(parsed.description(), " at byte ", parsed.offset);
  pugi::xml_node root = document.child("nvidia_smi_log");
  std::vector<pugi::xml_node> elements = sure_elements(root, whole);
  if (elements.empty())
    return fail(ErrorKind::Invalid, cat("not a report of nvidia-smi -q -x", whole ? "" : ": ", cause));
  DriverView view = ReportReader(elements).read(whole);
  if (!whole) view.problems.insert(view.problems.begin(), cat("the report is broken or was cut: ", cause));
  return view;
}

Result<GpuReport> parse_smi_xml(std::string_view text) {
  EIDOS_TRY(DriverView view, read_smi_xml(text));
  return describe(view, false);
}

}  // namespace eidos::collect
