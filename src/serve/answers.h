#pragma once
// Finished answers, kept as they are sent: bounded, the one that was asked for longest ago goes first.

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "serve/message.h"

namespace eidos::serve {

class Answers {
 public:
  explicit Answers(std::size_t most = 1'024, std::size_t most_bytes = std::size_t{32} * 1024 * 1024)
      : most_(most), most_bytes_(most_bytes) {}

  std::optional<Answer> find(const std::string& key);
  void keep(const std::string& key, const Answer& answer);

 private:
  struct Entry {
    std::string key;
    Answer answer;
    std::size_t bytes = 0;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  // asked for last comes first
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
  std::size_t bytes_ = 0;
  std::size_t most_;
  std::size_t most_bytes_;
};

}  // namespace eidos::serve
