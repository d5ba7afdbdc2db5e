// BoundedMap: a map that forgets its oldest keys, for what a hostile capture could make endless.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>

namespace fusewire {

template <class Key, class Value, std::size_t Limit>
class BoundedMap {
  public:
    const Value* find(const Key& key) const {
        const auto found = values_.find(key);
        return found == values_.end() ? nullptr : &found->second;
    }
    void put(const Key& key, Value value) {
        if (values_.insert_or_assign(key, std::move(value)).second)
            order_.push_back(key);
        if (order_.size() <= Limit)
            return;
        values_.erase(order_.front());
        order_.pop_front();
        dropped_ = true;
    }
    void erase(const Key& key) { values_.erase(key); }
    std::size_t size() const { return values_.size(); }
    // Something was forgotten because there was too much: absence says nothing any more.
    bool dropped() const { return dropped_; }

  private:
    std::unordered_map<Key, Value> values_;
    std::deque<Key> order_; // with keys that were erased since
    bool dropped_ = false;
};

} // namespace fusewire
