#include "base/profile.h"

// Counting costs every allocation a table entry and sixteen bytes, so only the `profile` preset does it.
#ifndef EIDOS_HEAP_PROFILE

namespace eidos {

bool has_heap_profile() {
  return false;
}

std::string heap_profile() {
  return {};
}

}  // namespace eidos

#else

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include <pthread.h>

#include "base/memory_map.h"
#include "base/stack_frames.h"
#include "base/text.h"

namespace eidos {

namespace {

constexpr std::size_t kDepth = 40;
constexpr std::size_t kStacks = 32'768;  // a power of two

struct Stack {
  std::atomic<std::size_t> depth = 0;
  std::uintptr_t frames[kDepth] = {};
  std::atomic<std::uint64_t> made = 0;
  std::atomic<std::uint64_t> made_bytes = 0;
  std::atomic<std::uint64_t> gone = 0;
  std::atomic<std::uint64_t> gone_bytes = 0;
};

// Allocations happen before main() and after it: no constructor, no destructor, no allocation of its own.
constinit Stack g_stacks[kStacks];
constinit std::atomic_flag g_lock = ATOMIC_FLAG_INIT;

// In front of every block.
struct Header {
  std::uint64_t bytes;
  std::uint64_t stack;
};
static_assert(sizeof(Header) == __STDCPP_DEFAULT_NEW_ALIGNMENT__);

// The end of this thread's stack; what lies between is mapped.
std::uintptr_t stack_end() {
  thread_local std::uintptr_t end = [] {
    pthread_attr_t attributes;
    if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return std::uintptr_t{0};
    void* lowest = nullptr;
    std::size_t size = 0;
    ::pthread_attr_getstack(&attributes, &lowest, &size);
    ::pthread_attr_destroy(&attributes);
    return reinterpret_cast<std::uintptr_t>(lowest) + size;
  }();
  return end;
}

std::size_t hash_of(const std::uintptr_t* frames, std::size_t depth) {
  std::size_t hash = 14695981039346656037U;
  for (std::size_t i = 0; i < depth; ++i) hash = (hash ^ frames[i]) * 1099511628211U;
  return hash ^ (hash >> 32);
}

// The entry of these frames; that of all that found no room, when the table is full.
std::size_t entry_of(const std::uintptr_t* frames, std::size_t depth) {
  const std::size_t start = hash_of(frames, depth);
  while (g_lock.test_and_set(std::memory_order_acquire)) {
  }
  std::size_t found = 0;
  for (std::size_t probe = 0; probe < 64 && found == 0; ++probe) {
    const std::size_t index = std::max<std::size_t>((start + probe) % kStacks, 1);
    Stack& stack = g_stacks[index];
    const std::size_t there = stack.depth.load();
    if (there == 0) {
      std::copy(frames, frames + depth, stack.frames);
      stack.depth = depth;
      found = index;
    } else if (there == depth && std::equal(frames, frames + depth, stack.frames)) {
      found = index;
    }
  }
  g_lock.clear(std::memory_order_release);
  return found;
}

[[gnu::noinline]] std::size_t note_made(std::size_t bytes) {
  std::uintptr_t frames[kDepth];
  const std::uintptr_t end = stack_end();
  const auto read = [end](std::uintptr_t address, Frame& out) {
    if (address + sizeof out > end) return false;
    out = *reinterpret_cast<const Frame*>(address);
    return true;
  };
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  const std::size_t depth = walk_frames(here, frames, kDepth, read);
  const std::size_t index = depth == 0 ? 0 : entry_of(frames, depth);
  g_stacks[index].made += 1;
  g_stacks[index].made_bytes += bytes;
  return index;
}

void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
  const std::size_t front = std::max(alignment, sizeof(Header));
  if (bytes > SIZE_MAX - 2 * front) return nullptr;
  const std::size_t whole = (bytes + front + front - 1) / front * front;
  char* block =
      static_cast<char*>(alignment <= sizeof(Header) ? std::malloc(whole) : std::aligned_alloc(front, whole));
  if (block == nullptr) return nullptr;
  *reinterpret_cast<Header*>(block + front - sizeof(Header)) = {bytes, note_made(bytes)};
  return block + front;
}

void release(void* pointer, std::size_t alignment) noexcept {
  if (pointer == nullptr) return;
  const std::size_t front = std::max(alignment, sizeof(Header));
  const Header& header = *reinterpret_cast<const Header*>(static_cast<char*>(pointer) - sizeof(Header));
  g_stacks[header.stack].gone += 1;
  g_stacks[header.stack].gone_bytes += header.bytes;
  std::free(static_cast<char*>(pointer) - front);
}

void* or_throw(void* pointer) {
  if (pointer == nullptr) throw std::bad_alloc();
  return pointer;
}

std::string counts(std::uint64_t made, std::uint64_t made_bytes, std::uint64_t gone,
                   std::uint64_t gone_bytes) {
  return cat(made - gone, ": ", made_bytes - gone_bytes, " [", made, ": ", made_bytes, "] @ ");
}

std::string hex(std::uintptr_t number) {
  char buffer[32];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number, 16);
  return cat(" 0x", std::string_view(buffer, static_cast<std::size_t>(end - buffer)));
}

}  // namespace

bool has_heap_profile() {
  return true;
}

std::string heap_profile() {
  std::uint64_t made = 0;
  std::uint64_t made_bytes = 0;
  std::uint64_t gone = 0;
  std::uint64_t gone_bytes = 0;
  std::string lines;
  for (const Stack& stack : g_stacks) {
    if (stack.made.load() == 0) continue;
    made += stack.made;
    made_bytes += stack.made_bytes;
    gone += stack.gone;
    gone_bytes += stack.gone_bytes;
    lines += counts(stack.made, stack.made_bytes, stack.gone, stack.gone_bytes);
    for (std::size_t i = 0; i < stack.depth; ++i) lines += hex(stack.frames[i]);
    lines += '\n';
  }
  return cat("heap profile: ", counts(made, made_bytes, gone, gone_bytes), "heapprofile\n", lines,
             "\nMAPPED_LIBRARIES:\n", memory_map());
}

}  // namespace eidos

void* operator new(std::size_t bytes) {
  return eidos::or_throw(eidos::allocate(bytes, 1));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return eidos::or_throw(eidos::allocate(bytes, static_cast<std::size_t>(alignment)));
}
void operator delete(void* pointer) noexcept {
  eidos::release(pointer, 1);
}
void operator delete(void* pointer, std::size_t) noexcept {
  eidos::release(pointer, 1);
}
void operator delete(void* pointer, std::align_val_t alignment) noexcept {
  eidos::release(pointer, static_cast<std::size_t>(alignment));
}
void operator delete(void* pointer, std::size_t, std::align_val_t alignment) noexcept {
  eidos::release(pointer, static_cast<std::size_t>(alignment));
}

#endif
