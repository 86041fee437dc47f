#include <atomic>
#include <cerrno>
#include <csignal>
#include <vector>

#include <pthread.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/deflate.h"
#include "base/memory_map.h"
#include "base/profile.h"
#include "base/profile_proto.h"
#include "base/stack_frames.h"

namespace eidos {

namespace {

constexpr std::size_t kDepth = 63;
constexpr std::size_t kSamples = 65'536;
constexpr int kPeriodMicros = 5'000;

struct Sample {
  std::uintptr_t depth;
  std::uintptr_t stack[kDepth];
};

struct Buffer {
  std::atomic<std::size_t> taken = 0;
  std::atomic<int> busy = 0;  // handlers at work
  Sample samples[kSamples];   // pages come as they are used
};

// A signal handler has no other way to know where its samples go.
std::atomic<Buffer*> g_buffer = nullptr;

struct Registers {
  std::uintptr_t pc;
  std::uintptr_t frame;
};

Registers registers_of(const ucontext_t& context) {
#if defined(__x86_64__)
  return {static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RIP]),
          static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RBP])};
#elif defined(__aarch64__)
  return {context.uc_mcontext.pc, context.uc_mcontext.regs[29]};
#else
#error "no register names for this processor"
#endif
}

// Asks the kernel, which says no where a plain read would end the process.
bool read_frame(std::uintptr_t address, Frame& out) {
  iovec here{&out, sizeof out};
  iovec there{reinterpret_cast<void*>(address), sizeof out};
  return ::process_vm_readv(::getpid(), &here, 1, &there, 1, 0) == static_cast<ssize_t>(sizeof out);
}

// Only what signal-safety(7) allows, and system calls.
void on_sample(int, siginfo_t*, void* context) {
  const int saved = errno;
  Buffer* buffer = g_buffer.load();
  if (buffer != nullptr) {
    buffer->busy.fetch_add(1);
    const std::size_t index = buffer->taken.fetch_add(1);
    if (index < kSamples) {
      Sample& sample = buffer->samples[index];
      Registers now = registers_of(*static_cast<const ucontext_t*>(context));
      sample.stack[0] = now.pc;
      sample.depth = 1 + walk_frames(now.frame, sample.stack + 1, kDepth - 1, read_frame);
    }
    buffer->busy.fetch_sub(1);
  }
  errno = saved;
}

bool set_timer(int micros) {
  itimerval timer{{0, micros}, {0, micros}};
  return ::setitimer(ITIMER_PROF, &timer, nullptr) == 0;
}

// A child by fork(2) goes on without the timer, and it is the one that works (a snapshot does so).
void again_in_the_child() {
  if (g_buffer.load() != nullptr) set_timer(kPeriodMicros);
}

Buffer* make_buffer() {
  void* memory = ::mmap(nullptr, sizeof(Buffer), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) Buffer;
}

std::string encoded(const Buffer& buffer, std::size_t count) {
  Stacks stacks;
  for (std::size_t i = 0; i < count; ++i) {
    const Sample& sample = buffer.samples[i];
    ++stacks[{sample.stack, sample.stack + sample.depth}];
  }
  constexpr std::uint64_t kNanosPerMicro = 1000;
  return gzip(profile_proto(stacks, kPeriodMicros * kNanosPerMicro, memory_map()));
}

}  // namespace

Result<std::unique_ptr<CpuProfile>> CpuProfile::start() {
  if (g_buffer.load() != nullptr) return fail(ErrorKind::Unavailable, "a CPU profile is being taken already");
  static const int registered = ::pthread_atfork(nullptr, nullptr, again_in_the_child);
  if (registered != 0) return std::unexpected(system_error(registered, "starting a CPU profile"));
  Buffer* buffer = make_buffer();
  if (buffer == nullptr) return std::unexpected(system_error(errno, "memory for a CPU profile"));
  g_buffer = buffer;
  std::unique_ptr<CpuProfile> profile(new CpuProfile);
  struct sigaction action{};
  action.sa_sigaction = on_sample;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  if (::sigaction(SIGPROF, &action, nullptr) != 0 || !set_timer(kPeriodMicros))
    return std::unexpected(system_error(errno, "starting a CPU profile"));
  return profile;
}

CpuProfile::Taken CpuProfile::stop() {
  set_timer(0);
  std::signal(SIGPROF, SIG_IGN);  // one may be on its way yet
  Buffer* buffer = g_buffer.exchange(nullptr);
  if (buffer == nullptr) return {};
  while (buffer->busy.load() != 0) ::usleep(1);  // another thread's handler, a few microseconds
  const std::size_t all = buffer->taken.load();
  const std::size_t kept = std::min(all, kSamples);
  Taken taken{encoded(*buffer, kept), static_cast<std::int64_t>(kept), static_cast<std::int64_t>(all - kept)};
  ::munmap(buffer, sizeof(Buffer));
  return taken;
}

CpuProfile::~CpuProfile() {
  stop();
}

}  // namespace eidos
