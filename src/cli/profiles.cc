#include "cli/profiles.h"

#include "base/profile.h"
#include "base/text.h"

namespace eidos::cli {

namespace {

Result<void> check(const Flags& flags) {
  for (std::string_view name : {"cpuprofile", "memprofile"})
    if (flags.has(name)) EIDOS_CHECK(check_output_path(flags.text(name), false));
  if (flags.has("memprofile") && !has_heap_profile())
    return fail(ErrorKind::Invalid, "this build of eidos cannot write --memprofile", {},
                "build the 'profile' preset: cmake --preset profile && cmake --build --preset profile");
  return {};
}

// A stop request ends the command, not what is told about it.
Result<void> write(const std::string& path, std::string_view bytes, Session& session) {
  return session.context.files.write(path, bytes, 0644);
}

Result<void> write_cpu(CpuProfile& profile, const std::string& path, Session& session) {
  CpuProfile::Taken taken = profile.stop();
  if (taken.samples == 0)
    session.context.log.warn("--cpuprofile: the command took too little processor time to be sampled");
  if (taken.lost > 0)
    session.context.log.warn(cat("--cpuprofile: ", taken.lost, " samples at the end found no room"));
  return write(path, taken.bytes, session);
}

}  // namespace

Result<int> run_profiled(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  if (!flags.has("cpuprofile") && !flags.has("memprofile"))
    return invocation.command->run(invocation, session);
  EIDOS_CHECK(check(flags));
  std::unique_ptr<CpuProfile> cpu;
  if (flags.has("cpuprofile")) {
    EIDOS_TRY(cpu, CpuProfile::start());
  }
  Result<int> done = invocation.command->run(invocation, session);
  Result<void> written;
  if (cpu) written = write_cpu(*cpu, flags.text("cpuprofile"), session);
  if (flags.has("memprofile")) {
    auto memory = write(flags.text("memprofile"), heap_profile(), session);
    if (written) written = std::move(memory);
  }
  if (done && !written) return std::unexpected(std::move(written).error().within("profile"));
  return done;
}

}  // namespace eidos::cli
