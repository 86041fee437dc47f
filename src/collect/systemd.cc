// systemd's units, asked for over D-Bus: all properties of each.

#include <algorithm>

#include <unistd.h>

#include "base/text.h"
#include "base/wait.h"
#include "collect/bus_text.h"
#include "collect/changes.h"
#include "collect/collector.h"
#include "collect/sd_bus.h"
#include "collect/select.h"
#include "collect/unit_name.h"

namespace eidos::collect {

namespace {

using model::CollectorStatus;

// What runs containers and keeps the driver loaded.
constexpr std::string_view kUnits[] = {"containerd.service", "docker.service", "kubelet.service",
                                       "crio.service", "nvidia-persistenced.service"};
constexpr std::size_t kMostUnits = 64;

constexpr const char* kPrivateSocket = "/run/systemd/private";
constexpr const char* kSystemBus = "/run/dbus/system_bus_socket";
constexpr const char* kBooted = "/run/systemd/system";  // sd_booted(3)

constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
constexpr const char* kUnit = "org.freedesktop.systemd1.Unit";

// Handed to a program as its input or secret: never text to look into.
constexpr std::string_view kOpaque[] = {"StandardInputData"};

std::vector<std::string> wanted_units(const Options& options) {
  std::vector<std::string> units(std::begin(kUnits), std::end(kUnits));
  units.insert(units.end(), options.units.begin(), options.units.end());
  std::ranges::sort(units);
  auto again = std::ranges::unique(units);
  units.erase(again.begin(), again.end());
  return units;
}

bool is_there(const Source& source, const char* path) {
  return source.files.kind(path, source.options.root).has_value();
}

bool is_root(const Options& options) {
  return options.private_bus.value_or(::geteuid() == 0);
}

// systemd's own socket answers only to root, and only it does in a container that has no bus.
std::vector<BusPlace> places(const Source& source) {
  std::vector<BusPlace> out;
  const std::string& root = source.options.root;
  if (is_root(source.options) && is_there(source, kPrivateSocket))
    out.push_back({kPrivateSocket, root, true});
  if (is_there(source, kSystemBus)) out.push_back({kSystemBus, root, false});
  return out;
}

Collection no_way_to_systemd(const Source& source) {
  const bool own_socket = is_there(source, kPrivateSocket);
  if (!own_socket && !is_there(source, kBooted))
    return absent(cat("no systemd here: there is neither ", kPrivateSocket, " nor ", kSystemBus));
  Collection collection = absent(own_socket ? cat("no D-Bus here: systemd is running, but there is no ",
                                                  kSystemBus, "; run as root to ask over ", kPrivateSocket)
                                            : cat("no D-Bus here: systemd is running, but there is neither ",
                                                  kPrivateSocket, " nor ", kSystemBus));
  collection.warnings.push_back(collection.detail);
  return collection;
}

// A socket that is left over, or no library: told apart from a systemd that is there and does not answer.
Result<Collection> could_not_open(const Source& source, Error error) {
  if (error.kind == ErrorKind::Unavailable && !is_there(source, kBooted))
    return absent(cat("no systemd here: ", error.message));
  if (error.kind != ErrorKind::NotFound) return std::unexpected(std::move(error));
  Collection collection = absent(cat(error.message, error.hint.empty() ? "" : "; ", error.hint));
  collection.warnings.push_back(collection.detail);
  return collection;
}

// The first that lets us in; else the error of the first.
Result<std::unique_ptr<DBus>> open_first(Buses& buses, const std::vector<BusPlace>& places,
                                         const Limit& limit) {
  std::optional<Error> first;
  for (const BusPlace& place : places) {
    auto bus = buses.open(place, limit);
    if (bus) return bus;
    if (!first) first = std::move(bus).error();
    EIDOS_CHECK(limit.check("connecting to systemd"));
  }
  return std::unexpected(*std::move(first));
}

class Units {
 public:
  Units(DBus& bus, const Source& source) : bus_(bus), source_(source) {}

  Result<model::Subtype> read(const std::string& unit) {
    // LoadUnit is GetUnit for a unit that is loaded. One that is not there gets an object, too, which says
    // so.
    EIDOS_TRY(BusValue object, ask({kManagerPath, kManager, "LoadUnit", unit}));
    if (object.type != 'o') return fail(ErrorKind::Invalid, "systemd named no object for it");
    data::Map readings;
    for (const std::string& interface : {std::string(kUnit), unit_interface(unit)}) {
      EIDOS_TRY(BusValue properties, ask({object.text, kProperties, "GetAll", interface}));
      EIDOS_CHECK(add(properties, readings));
    }
    readings.keep_first_of_equal_keys();
    readings.sort_by_key();
    return model::Subtype{unit, std::move(readings), {}, {}};
  }

  std::int64_t withheld() const { return withheld_; }

 private:
  Result<BusValue> ask(const BusCall& call) { return bus_.call(call, source_.limit); }

  Result<void> add(const BusValue& properties, data::Map& readings) {
    if (properties.kind != BusValue::Kind::Dict)
      return fail(ErrorKind::Invalid, "systemd answered with no properties");
    for (std::size_t i = 0; i + 1 < properties.items.size(); i += 2) {
      const std::string& name = properties.items[i].text;
      const BusValue& value = properties.items[i + 1];
      const bool opaque = std::ranges::find(kOpaque, name) != std::end(kOpaque);
      data::Value text = reading(value, withheld_);
      if (opaque && text.scalar_text() != "[]") {
        text = data::Value("<redacted>");
        ++withheld_;
      }
      readings.append({name, {}, std::move(text)});
    }
    return {};
  }

  DBus& bus_;
  const Source& source_;
  std::int64_t withheld_ = 0;
};

// Nothing can be asked any more: the time is up, or systemd is gone.
bool ends_all(const Error& error, const Limit& limit) {
  return error.kind == ErrorKind::NotFound || !limit.check("asking systemd");
}

// What was read stays, whatever came after it.
void note_failure(Collection& collection, const std::string& told, ErrorKind kind) {
  const CollectorStatus status = status_of(kind);
  const bool first = collection.status == CollectorStatus::Ok;
  collection.detail += cat(first ? "" : "; ", told);
  collection.warnings.push_back(told);
  if (first || status == CollectorStatus::Failed) collection.status = status;
}

Result<Collection> read_units(DBus& bus, const Source& source) {
  Collection collection;
  Units units(bus, source);
  const std::vector<std::string> units_wanted = wanted_units(source.options);
  for (const std::string& unit : units_wanted) {
    auto subtype = units.read(unit);
    if (subtype) {
      collection.subtypes.push_back(*std::move(subtype));
      continue;
    }
    Error error = std::move(subtype).error();
    const bool over = bus.broken() || ends_all(error, source.limit);
    if (error.kind == ErrorKind::Cancelled || source.options.fail_fast ||
        (over && collection.subtypes.empty()))
      return std::unexpected(std::move(error).within(unit));
    const bool more = over && unit != units_wanted.back();
    note_failure(collection,
                 cat(unit, ": ", error.message, more ? ", and the units after it were not asked for" : ""),
                 error.kind);
    if (over) break;
  }
  collection.withheld = units.withheld();
  return collection;
}

}  // namespace

Result<void> check_units(const std::vector<std::string>& units) {
  for (const std::string& unit : units) EIDOS_CHECK(check_unit_name(unit));
  if (units.size() <= kMostUnits) return {};
  return fail(ErrorKind::Invalid, cat("at most ", kMostUnits, " units can be named, not ", units.size()));
}

Result<Collection> collect_systemd(const Source& source) {
  const std::vector<BusPlace> tried = places(source);
  if (tried.empty()) return no_way_to_systemd(source);
  const std::unique_ptr<Buses> machine = real_buses();
  Buses& buses = source.options.buses ? *source.options.buses : *machine;
  auto bus = open_first(buses, tried, source.limit);
  if (!bus) return could_not_open(source, std::move(bus).error());
  auto collection = read_units(**bus, source);
  if (!collection && collection.error().kind == ErrorKind::NotFound)
    return absent(
        cat("no systemd here: D-Bus is, but nobody on it is systemd (", collection.error().message, ")"));
  return collection;
}

namespace {

class UnitChanges final : public Changes {
 public:
  UnitChanges(Context& context, const Options& options)
      : files_(context.files), processes_(context.processes), options_(options), machine_(real_buses()) {
    const auto chosen = select(options);
    auto is_ours = [](const Collector* one) { return one->run == collect_systemd; };
    selected_ = chosen && std::ranges::any_of(*chosen, is_ours);
  }

  Result<bool> wait(const Limit& limit) override {
    const bool listening = listen(limit);
    auto changed = listening ? bus_->wait_for_change(limit) : Result<void>();
    if (listening && changed) return true;
    // Whatever cut it short, a bus that is gone included: the rest of the time passes.
    const Waiter waiter(limit);
    for (;;) {
      auto waited = waiter.wait({}, "watching");
      if (waited) continue;
      if (waited.error().kind == ErrorKind::Timeout) return false;
      return std::unexpected(std::move(waited).error());
    }
  }

 private:
  // Without a way to systemd the collector tells; here it only means that nothing is heard.
  bool listen(const Limit& limit) {
    if (bus_ && !bus_->broken()) return true;
    bus_.reset();
    if (!selected_) return false;
    const Source source{files_, processes_, options_, limit.within(options_.collector_deadline)};
    const std::vector<BusPlace> tried = places(source);
    if (tried.empty()) return false;
    auto bus = open_first(options_.buses ? *options_.buses : *machine_, tried, source.limit);
    std::vector<std::string> paths;
    for (const std::string& unit : wanted_units(options_)) paths.push_back(unit_path(unit));
    if (!bus || !(*bus)->listen(std::move(paths), source.limit)) return false;
    bus_ = *std::move(bus);
    return true;
  }

  Files& files_;
  Processes& processes_;
  const Options& options_;
  bool selected_ = false;
  std::unique_ptr<Buses> machine_;
  std::unique_ptr<DBus> bus_;
};

}  // namespace

std::unique_ptr<Changes> unit_changes(Context& context, const Options& options) {
  return std::make_unique<UnitChanges>(context, options);
}

}  // namespace eidos::collect
