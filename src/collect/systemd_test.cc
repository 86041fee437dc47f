#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/changes.h"
#include "collect/collector.h"
#include "support/capture_log.h"
#include "support/fake_buses.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"

namespace eidos::collect {
namespace {

using model::CollectorStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = BusValue::Kind;

constexpr const char* kPrivate = "/run/systemd/private";
constexpr const char* kBus = "/run/dbus/system_bus_socket";
constexpr const char* kUnit = "org.freedesktop.systemd1.Unit";
constexpr const char* kService = "org.freedesktop.systemd1.Service";

BusValue text(std::string value) {
  return {.text = std::move(value)};
}
BusValue properties(std::vector<std::pair<const char*, BusValue>> values) {
  BusValue out{.kind = Kind::Dict};
  for (auto& [name, value] : values) {
    out.items.push_back(text(name));
    out.items.push_back({.kind = Kind::Variant, .items = {std::move(value)}});
  }
  return out;
}

class SystemdTest : public ::testing::Test {
 protected:
  void SetUp() override {
    files_.put(kPrivate, "");
    files_.put("/run/systemd/system/x", "");
    options_.buses = buses_;
    options_.private_bus = true;
    for (const char* unit : {"containerd.service", "crio.service", "docker.service", "kubelet.service",
                             "nvidia-persistenced.service"})
      knows(unit);
    buses_->answer("GetAll", kUnit, properties({{"Id", text("x")}, {"LoadState", text("loaded")}}));
    buses_->answer("GetAll", kService, properties({{"MainPID", {.type = 'u', .text = "7"}}}));
  }

  void knows(const std::string& unit) {
    buses_->answer("LoadUnit", unit, BusValue{.type = 'o', .text = cat("/unit/", unit)});
  }

  Result<Collection> collect(const Limit& limit = {}) {
    return collect_systemd(Source{files_, processes_, options_, limit});
  }

  testing::FakeFiles files_;
  testing::FakeProcesses processes_;
  testing::FakeClock clock_;
  testing::CaptureLog log_;
  std::shared_ptr<testing::FakeBuses> buses_ = std::make_shared<testing::FakeBuses>();
  Options options_;
};

std::vector<std::string> names_of(const Collection& collection) {
  std::vector<std::string> names;
  for (const model::Subtype& subtype : collection.subtypes) names.push_back(subtype.subtype);
  return names;
}

TEST_F(SystemdTest, RecordsEveryPropertyOfEveryUnit) {
  options_.units = {"chrony.service", "kubelet.service"};
  knows("chrony.service");
  auto collection = collect();
  ASSERT_TRUE(collection) << collection.error().message;
  EXPECT_EQ(collection->status, CollectorStatus::Ok);
  EXPECT_THAT(names_of(*collection),
              ElementsAre("chrony.service", "containerd.service", "crio.service", "docker.service",
                          "kubelet.service", "nvidia-persistenced.service"));
  const data::Map& kubelet = collection->subtypes[4].data;
  ASSERT_EQ(kubelet.size(), 3U);
  EXPECT_EQ(kubelet[0].key, "Id");
  EXPECT_EQ(kubelet[1].key, "LoadState");
  EXPECT_EQ(kubelet[2].key, "MainPID");
  EXPECT_EQ(*kubelet.find("MainPID"), data::Value("7"));
  EXPECT_THAT(buses_->calls(), ::testing::Contains(cat("GetAll ", kUnit)).Times(6));
}

TEST_F(SystemdTest, AsksForThePropertiesOfTheUnitsType) {
  options_.units = {"logrotate.timer"};
  knows("logrotate.timer");
  buses_->answer("GetAll", "org.freedesktop.systemd1.Timer",
                 properties({{"Persistent", {.type = 'b', .text = "true"}}}));
  auto collection = collect();
  ASSERT_TRUE(collection) << collection.error().message;
  EXPECT_EQ(*collection->subtypes[4].data.find("Persistent"), data::Value(true));
}

TEST_F(SystemdTest, GoesToTheSocketThatAnswersIt) {
  struct Case {
    const char* what;
    std::vector<const char*> there;
    bool as_root;
    const char* refuses;
    std::vector<std::string> opened;
  };
  const Case kCases[] = {{"root, both", {kPrivate, kBus}, true, nullptr, {kPrivate}},
                         {"root, no bus", {kPrivate}, true, nullptr, {kPrivate}},
                         {"root, a bus alone", {kBus}, true, nullptr, {kBus}},
                         {"root, a socket left over", {kPrivate, kBus}, true, kPrivate, {kPrivate, kBus}},
                         {"not root", {kPrivate, kBus}, false, nullptr, {kBus}}};
  for (const Case& c : kCases) {
    testing::FakeFiles files;
    for (const char* path : c.there) files.put(cat("/host", path), "");
    auto buses = std::make_shared<testing::FakeBuses>();
    if (c.refuses != nullptr) buses->refuse(c.refuses, {ErrorKind::Unavailable, "nobody listens", {}, {}});
    Options options{.root = "/host", .private_bus = c.as_root, .buses = buses};
    (void)collect_systemd(Source{files, processes_, options, {}});
    std::vector<std::string> opened;
    for (const std::string& path : c.opened) opened.push_back(cat("/host", path));
    EXPECT_EQ(buses->opened(), opened) << c.what;
  }
}

TEST_F(SystemdTest, SaysWhatIsNotThere) {
  struct Case {
    const char* what;
    std::vector<const char*> there;
    bool as_root;
    std::optional<Error> refusal;
    const char* detail;
    bool warns;
  };
  const Error kLeftOver{ErrorKind::Unavailable, "nobody listens there", {}, {}};
  const Error kNoLibrary{ErrorKind::NotFound, "no libsystemd here", {}, "install libsystemd0"};
  const Case kCases[] = {
      {"no systemd",
       {},
       true,
       {},
       "no systemd here: there is neither /run/systemd/private nor /run/dbus/system_bus_socket",
       false},
      {"no D-Bus, not root",
       {kPrivate, "/run/systemd/system/x"},
       false,
       {},
       "no D-Bus here: systemd is running, but there is no /run/dbus/system_bus_socket; run as root to ask "
       "over "
       "/run/systemd/private",
       true},
      {"no D-Bus at all",
       {"/run/systemd/system/x"},
       true,
       {},
       "no D-Bus here: systemd is running, but there is neither /run/systemd/private nor "
       "/run/dbus/system_bus_socket",
       true},
      {"a socket left over", {kPrivate}, true, kLeftOver, "no systemd here: nobody listens there", false},
      {"no library",
       {kPrivate, "/run/systemd/system/x"},
       true,
       kNoLibrary,
       "no libsystemd here; install libsystemd0",
       true},
  };
  for (const Case& c : kCases) {
    testing::FakeFiles files;
    for (const char* path : c.there) files.put(path, "");
    auto buses = std::make_shared<testing::FakeBuses>();
    if (c.refusal) buses->refuse(kPrivate, *c.refusal);
    Options options{.private_bus = c.as_root, .buses = buses};
    auto collection = collect_systemd(Source{files, processes_, options, {}});
    ASSERT_TRUE(collection) << c.what << ": " << collection.error().message;
    EXPECT_EQ(collection->status, CollectorStatus::Absent) << c.what;
    EXPECT_EQ(collection->detail, c.detail) << c.what;
    EXPECT_EQ(!collection->warnings.empty(), c.warns) << c.what;
  }
}

TEST_F(SystemdTest, ASystemdThatDoesNotAnswerIsAFailure) {
  buses_->refuse(kPrivate, {ErrorKind::Unavailable, "nobody listens there", {}, {}});
  auto collection = collect();
  ASSERT_FALSE(collection);
  EXPECT_EQ(collection.error().kind, ErrorKind::Unavailable);
}

TEST_F(SystemdTest, ABusWithoutSystemdIsAnAbsence) {
  buses_->answer("LoadUnit", "containerd.service", fail(ErrorKind::NotFound, "the name is not activatable"));
  auto collection = collect();
  ASSERT_TRUE(collection) << collection.error().message;
  EXPECT_EQ(collection->status, CollectorStatus::Absent);
  EXPECT_THAT(collection->detail, HasSubstr("nobody on it is systemd"));
}

TEST_F(SystemdTest, KeepsWhatItReadWhenAUnitFails) {
  struct Case {
    Error error;
    CollectorStatus status;
  };
  const Case kCases[] = {{{ErrorKind::Denied, "not for you", {}, {}}, CollectorStatus::Denied},
                         {{ErrorKind::Unavailable, "unit is broken", {}, {}}, CollectorStatus::Failed},
                         {{ErrorKind::Invalid, "too large", {}, {}}, CollectorStatus::Failed},
                         {{ErrorKind::Timeout, "timed out", {}, {}}, CollectorStatus::TimedOut}};
  for (const Case& c : kCases) {
    buses_->answer("LoadUnit", "docker.service", std::unexpected(c.error));
    auto collection = collect();
    ASSERT_TRUE(collection) << collection.error().message;
    EXPECT_EQ(collection->status, c.status) << c.error.message;
    EXPECT_EQ(collection->detail, cat("docker.service: ", c.error.message));
    EXPECT_THAT(collection->warnings, ElementsAre(collection->detail));
    EXPECT_THAT(names_of(*collection), ElementsAre("containerd.service", "crio.service", "kubelet.service",
                                                   "nvidia-persistenced.service"));
    options_.fail_fast = true;
    auto refused = collect();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, c.error.kind);
    options_.fail_fast = false;
  }
}

TEST_F(SystemdTest, AsksNoMoreOverABrokenConnection) {
  buses_->break_with("LoadUnit", "docker.service", {ErrorKind::Unavailable, "hung up", {}, {}});
  auto collection = collect();
  ASSERT_TRUE(collection) << collection.error().message;
  EXPECT_EQ(collection->status, CollectorStatus::Failed);
  EXPECT_EQ(collection->detail, "docker.service: hung up, and the units after it were not asked for");
  EXPECT_THAT(names_of(*collection), ElementsAre("containerd.service", "crio.service"));
  EXPECT_EQ(buses_->calls().back(), "LoadUnit docker.service");
}

TEST_F(SystemdTest, RefusesAnswersOfTheWrongShape) {
  buses_->answer("LoadUnit", "docker.service", text("no path"));
  buses_->answer("GetAll", kService, text("no properties"));
  auto collection = collect();
  ASSERT_TRUE(collection) << collection.error().message;
  EXPECT_EQ(collection->status, CollectorStatus::Failed);
  EXPECT_THAT(collection->subtypes, IsEmpty());
  EXPECT_THAT(collection->detail, HasSubstr("docker.service: systemd named no object for it"));
  EXPECT_THAT(collection->detail, HasSubstr("kubelet.service: systemd answered with no properties"));
}

TEST_F(SystemdTest, AnEndedLimitEndsIt) {
  auto late = collect(Limit().within(Milliseconds(0)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::Timeout);
  std::stop_source stop;
  stop.request_stop();
  auto stopped = collect(Limit(stop.get_token(), std::nullopt));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::Cancelled);
}

TEST_F(SystemdTest, WithholdsWhatAProgramIsFed) {
  buses_->answer("GetAll", kService,
                 properties({{"StandardInputData", {.kind = Kind::Bytes, .text = "hunter2"}}}));
  auto collection = collect();
  ASSERT_TRUE(collection);
  EXPECT_EQ(*collection->subtypes[0].data.find("StandardInputData"), data::Value("<redacted>"));
  EXPECT_EQ(collection->withheld, 5);
}

TEST(Systemd, UnitsAreCheckedAndCounted) {
  EXPECT_TRUE(check_units({}));
  EXPECT_TRUE(check_units(std::vector<std::string>(64, "a.service")));
  auto many = check_units(std::vector<std::string>(65, "a.service"));
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().message, "at most 64 units can be named, not 65");
  EXPECT_FALSE(check_units({"a.service", "../b.service"}));
}

TEST_F(SystemdTest, ChangesAreThoseOfTheUnitsThatAreCollected) {
  Context context{files_, clock_, processes_, log_, {}};
  const Limit soon = Limit().within(Milliseconds(20));
  options_.units = {"a.timer"};
  buses_->change(1);
  const auto changes = unit_changes(context, options_);
  EXPECT_TRUE(changes->wait(soon).value_or(false));
  EXPECT_THAT(buses_->calls(),
              ::testing::IsSupersetOf({"listen /org/freedesktop/systemd1/unit/a_2etimer",
                                       "listen /org/freedesktop/systemd1/unit/kubelet_2eservice"}));
  EXPECT_FALSE(changes->wait(soon).value_or(true)) << "the bus is gone, and the time passes";
  std::stop_source stop;
  stop.request_stop();
  auto stopped = changes->wait(Limit(stop.get_token(), std::nullopt));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::Cancelled);
}

TEST_F(SystemdTest, NothingIsHeardWhereNothingIsCollected) {
  Context context{files_, clock_, processes_, log_, {}};
  options_.exclude = {"systemd"};
  buses_->change(1);
  EXPECT_FALSE(unit_changes(context, options_)->wait(Limit().within(Milliseconds(1))).value_or(true));
  EXPECT_THAT(buses_->opened(), IsEmpty());
}

}  // namespace
}  // namespace eidos::collect
