#include "collect/nvml.h"

#include "collect/collector.h"
#include "collect/nvml_answer.h"
#include "collect/nvml_ask.h"

namespace eidos::collect {

namespace {

// The loader's words may quote any bytes of a path.
std::string bounded(std::string_view text) {
  constexpr std::size_t kMost = 200;
  return document_text(text.substr(0, kMost));
}

}  // namespace

std::string nvml_document(const NvmlQuestion& question) {
  nvml::Answer answer;
  auto calls = nvml::load(question.library);
  if (calls)
    answer = nvml::ask(*calls, question.identities);
  else if (calls.error().kind == ErrorKind::NotFound)
    answer.no_library = bounded(calls.error().message);
  else
    answer.library_problem = bounded(calls.error().message);
  return nvml::write_answer(answer);
}

}  // namespace eidos::collect
