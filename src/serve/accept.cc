#include "serve/accept.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace eidos::serve {

namespace {

struct FormName {
  std::string_view type;
  Form form;
};
constexpr FormName kForms[] = {{"application/json", Form::Json},
                               {"application/vnd.nvidia.eidos.v1+json", Form::Json},
                               {"application/vnd.nvidia.aicr.v1+json", Form::Json},
                               {"application/problem+json", Form::Json},
                               {"application/yaml", Form::Yaml},
                               {"application/x-yaml", Form::Yaml},
                               {"text/yaml", Form::Yaml},
                               {"text/x-yaml", Form::Yaml},
                               {"text/html", Form::Html}};

struct Liked {
  std::string name;
  double quality = 1;
};

// A weight is 0 to 1, in digits (RFC 9110, 12.4.2). What is none counts as 0: "nan" or "2" must not win.
double weight(std::string_view text) {
  double out = 0;
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) return 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size() && out <= 1 ? out : 0;
}

std::vector<Liked> liked(std::string_view header) {
  std::vector<Liked> out;
  for (std::string_view item : split(header, ',')) {
    const std::vector<std::string_view> parts = split(item, ';');
    Liked one{lower(trim(parts.front())), 1};
    for (std::string_view part : parts) {
      part = trim(part);
      if (part.starts_with("q=") || part.starts_with("Q=")) one.quality = weight(part.substr(2));
    }
    if (!one.name.empty()) out.push_back(std::move(one));
  }
  std::ranges::stable_sort(out, std::greater(), &Liked::quality);
  std::erase_if(out, [](const Liked& one) { return one.quality <= 0; });
  return out;
}

Form form_of(std::string_view type) {
  for (const FormName& row : kForms)
    if (row.type == type) return row.form;
  return Form::Other;
}

bool fits(std::string_view liked, std::string_view offered) {
  return liked == "*/*" || liked == offered ||
         (liked.ends_with("/*") && offered.starts_with(liked.substr(0, liked.size() - 1)));
}

}  // namespace

std::vector<std::string> accepted(std::string_view header) {
  std::vector<std::string> out;
  for (Liked& one : liked(header)) out.push_back(std::move(one.name));
  return out;
}

Form chosen(std::string_view accept, std::string_view offered) {
  const std::vector<std::string_view> offers = split(offered, ',');
  const std::vector<std::string> wanted = accepted(accept);
  if (trim(accept).empty()) return form_of(trim(offers.front()));
  for (const std::string& one : wanted) {
    for (std::string_view offer : offers) {
      offer = trim(offer);
      const Form form = form_of(offer);
      const bool same = form != Form::Other && form == form_of(one);  // another spelling of it
      if (same || fits(one, offer)) return form;
    }
  }
  return Form::None;
}

bool takes_gzip(std::string_view accept_encoding) {
  const std::vector<std::string> wanted = accepted(accept_encoding);
  return std::ranges::find(wanted, "gzip") != wanted.end();
}

}  // namespace eidos::serve
