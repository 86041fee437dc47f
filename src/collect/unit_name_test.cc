#include "collect/unit_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos::collect {
namespace {

TEST(UnitName, TakesWhatSystemdTakes) {
  struct Case {
    std::string name;
    const char* interface;
  };
  const Case kCases[] = {{"kubelet.service", "org.freedesktop.systemd1.Service"},
                         {"getty@tty1.service", "org.freedesktop.systemd1.Service"},
                         {"a@b@c.service", "org.freedesktop.systemd1.Service"},
                         {"var-lib-kubelet.mount", "org.freedesktop.systemd1.Mount"},
                         {"dev-disk-by\\x2dlabel-x.swap", "org.freedesktop.systemd1.Swap"},
                         {"nvidia:fabric.manager_1.timer", "org.freedesktop.systemd1.Timer"},
                         {"-.slice", "org.freedesktop.systemd1.Slice"},
                         {cat(std::string(247, 'x'), ".service"), "org.freedesktop.systemd1.Service"}};
  for (const Case& c : kCases) {
    auto checked = check_unit_name(c.name);
    EXPECT_TRUE(checked) << c.name << ": " << checked.error().message;
    EXPECT_EQ(unit_interface(c.name), c.interface) << c.name;
  }
}

TEST(UnitName, RefusesTheRest) {
  struct Case {
    std::string name;
    const char* message;
    const char* hint;
  };
  constexpr const char* kTypes =
      "it must end in one of the types service, socket, device, mount, automount, swap, target, path, timer, "
      "slice, scope";
  const Case kCases[] = {
      {"", "it is empty", ""},
      {"../etc/passwd.service", "letters, digits and :-_.\\@ are allowed", "systemd-escape"},
      {"a b.service", "letters, digits and :-_.\\@ are allowed", "systemd-escape"},
      {std::string("a\0.service", 10), "letters, digits and :-_.\\@ are allowed", "systemd-escape"},
      {"caf\xC3\xA9.service", "letters, digits and :-_.\\@ are allowed", "systemd-escape"},
      {"kubelet", kTypes, "give 'kubelet.service'"},
      {"kubelet.servic", kTypes, ""},
      {"kubelet.SERVICE", kTypes, ""},
      {"kubelet.", kTypes, ""},
      {".service", "nothing stands before its type", ""},
      {"@tty1.service", "nothing stands before its type", ""},
      {"getty@.service", "it is a template, which never runs itself", "name an instance of it"},
      {cat(std::string(248, 'x'), ".service"), "it is longer than 255 bytes", ""}};
  for (const Case& c : kCases) {
    auto checked = check_unit_name(c.name);
    ASSERT_FALSE(checked) << c.name;
    EXPECT_EQ(checked.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(checked.error().message, cat(quote(c.name), " is no unit name: ", c.message));
    EXPECT_THAT(checked.error().hint, ::testing::HasSubstr(c.hint)) << c.name;
    EXPECT_EQ(checked.error().hint.empty(), std::string_view(c.hint).empty()) << c.name;
  }
}

TEST(UnitPath, IsWhatSystemdCallsTheObject) {
  const std::pair<const char*, const char*> kCases[] = {
      {"kubelet.service", "kubelet_2eservice"},
      {"nvidia-persistenced.service", "nvidia_2dpersistenced_2eservice"},
      {"9p.mount", "_39p_2emount"},
      {"a9@b\\x2dc.service", "a9_40b_5cx2dc_2eservice"}};
  for (const auto& [name, path] : kCases)
    EXPECT_EQ(unit_path(name), cat("/org/freedesktop/systemd1/unit/", path));
}

}  // namespace
}  // namespace eidos::collect
