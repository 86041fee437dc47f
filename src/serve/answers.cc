#include "serve/answers.h"

namespace eidos::serve {

std::optional<Answer> Answers::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(key);
  if (found == places_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->answer;
}

void Answers::keep(const std::string& key, const Answer& answer) {
  std::size_t bytes = 2 * key.size() + (answer.body ? answer.body->size() : 0);
  for (const auto& [name, value] : answer.headers) bytes += name.size() + value.size();
  const std::lock_guard lock(mutex_);
  if (bytes > most_bytes_ / 4 || places_.contains(key)) return;
  entries_.push_front({key, answer, bytes});
  places_[key] = entries_.begin();
  bytes_ += bytes;
  while (entries_.size() > most_ || bytes_ > most_bytes_) {
    bytes_ -= entries_.back().bytes;
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace eidos::serve
