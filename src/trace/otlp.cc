#include "trace/otlp.h"

#include "base/text.h"
#include "data/document.h"
#include "trace/traceparent.h"

namespace eidos::trace {

namespace {

constexpr std::string_view kDefaultPort = "4318";  // OTLP over HTTP (OTLP specification 1.x)
constexpr std::uint16_t kGrpcPort = 4317;
constexpr std::string_view kPath = "/v1/traces";
constexpr std::int64_t kStatusError = 2;

data::Map map_of(std::initializer_list<std::pair<std::string_view, data::Value>> entries) {
  data::Map out;
  for (const auto& [key, value] : entries) out.set(key, value);
  return out;
}

data::Value text_attribute(std::string_view key, std::string text) {
  return map_of({{"key", std::string(key)}, {"value", map_of({{"stringValue", std::move(text)}})}});
}

// 64-bit numbers are texts in Protobuf's JSON.
data::Value attribute_of(const SpanAttribute& attribute) {
  if (const auto* text = std::get_if<std::string>(&attribute.value))
    return text_attribute(attribute.key, *text);
  const std::string number = cat(std::get<std::int64_t>(attribute.value));
  return map_of({{"key", attribute.key}, {"value", map_of({{"intValue", number}})}});
}

data::Value span_of(const SpanRecord& span) {
  const auto began =
      std::chrono::duration_cast<std::chrono::nanoseconds>(span.began.time_since_epoch()).count();
  data::Map out = map_of({{"traceId", hex_of(span.trace)}, {"spanId", hex_of(span.id)}});
  if (span.parent != SpanId{}) out.set("parentSpanId", hex_of(span.parent));
  out.set("name", span.name);
  out.set("kind", static_cast<std::int64_t>(span.kind));
  out.set("startTimeUnixNano", cat(began));
  out.set("endTimeUnixNano", cat(began + span.took.count()));
  data::List attributes;
  for (const SpanAttribute& attribute : span.attributes) attributes.push_back(attribute_of(attribute));
  if (!attributes.empty()) out.set("attributes", std::move(attributes));
  if (span.failed) out.set("status", map_of({{"code", kStatusError}}));
  return out;
}

// "host", "[::1]", "10.0.0.1" and the like, without ":port" at the end.
bool names_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  return colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
}

}  // namespace

std::string otlp_request(const Resource& resource, std::span<const SpanRecord> spans) {
  data::List list;
  for (const SpanRecord& span : spans) list.push_back(span_of(span));
  data::Map scope = map_of({{"scope", map_of({{"name", "eidos"}, {"version", resource.version}})}});
  scope.set("spans", std::move(list));
  const data::List attributes{text_attribute("service.name", resource.service),
                              text_attribute("service.version", resource.version)};
  data::Map all = map_of({{"resource", map_of({{"attributes", attributes}})}});
  all.at_or_add("scopeSpans") = data::List{data::Value(std::move(scope))};
  data::Map request;
  request.set("resourceSpans", data::List{data::Value(std::move(all))});
  return data::to_compact_json(request);
}

std::int64_t rejected_spans(std::string_view answer) {
  data::Sources sources;
  auto root = data::parse_json(answer, sources, "");
  const data::Value* partial = root && root->is_map() ? root->find("partialSuccess") : nullptr;
  const data::Value* count =
      partial != nullptr && partial->is_map() ? partial->find("rejectedSpans") : nullptr;
  if (count == nullptr || !count->is_scalar()) return 0;
  return std::max<std::int64_t>(to_int(count->scalar_text()).value_or(0), 0);
}

Result<net::Url> otlp_endpoint(std::string_view text) {
  const bool bare = text.find("://") == std::string_view::npos;
  std::string url(text);
  if (bare) url = cat("http://", text, names_port(text) ? "" : cat(":", kDefaultPort));
  EIDOS_TRY(net::Url out, net::parse_url(url));
  if (!out.credentials.empty() || out.target.find('?') != std::string::npos)
    return fail(ErrorKind::Invalid, cat(quote(net::shown(out)), " has a password or a query"), {},
                "name host, port and path only");
  if (bare && out.target != "/")
    return fail(ErrorKind::Invalid, cat(quote(text), " is neither HOST:PORT nor a URL"), {},
                "for example localhost:4318, or https://traces.example/v1/traces");
  if (out.port == kGrpcPort)
    return fail(ErrorKind::Invalid, cat(quote(text), ": 4317 is the port of OTLP over gRPC"), {},
                "traces are sent over HTTP; collectors take that at port 4318");
  if (out.target == "/") out.target = kPath;
  return out;
}

}  // namespace eidos::trace
