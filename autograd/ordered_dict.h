// OrderedDict: names and values in the order in which they came, as libtorch's.
//
//   for (auto& [name, p] : model.named_parameters()) ...      // or item.key(), item.value(), *item, item->sizes()
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tapegrad/autograd/error.h>
#include <tapegrad/autograd/export.h>

namespace tapegrad {

/// Key is std::string. Lookup takes constant time; erase() shifts what follows.
template <class Key, class Value>
class OrderedDict {
 public:
  struct Item : std::pair<Key, Value> {
    Item(Key key, Value value) : std::pair<Key, Value>(std::move(key), std::move(value)) {}
    const Key& key() const noexcept { return this->first; }
    const std::pair<Key, Value>& pair() const noexcept { return *this; }
    Value& value() noexcept { return this->second; }
    const Value& value() const noexcept { return this->second; }
    Value& operator*() noexcept { return this->second; }
    const Value& operator*() const noexcept { return this->second; }
    Value* operator->() noexcept { return &this->second; }
    const Value* operator->() const noexcept { return &this->second; }
  };
  using Iterator = typename std::vector<Item>::iterator;
  using ConstIterator = typename std::vector<Item>::const_iterator;

  /// key_description names the keys in messages: "Parameter 'w' already defined".
  explicit OrderedDict(std::string key_description = "Key") : key_description_(std::move(key_description)) {}
  OrderedDict(std::initializer_list<Item> items) : OrderedDict() {
    for (const Item& item : items) insert(item.key(), item.value());
  }

  const std::string& key_description() const noexcept { return key_description_; }
  std::size_t size() const noexcept { return items_.size(); }
  bool is_empty() const noexcept { return items_.empty(); }
  bool empty() const noexcept { return items_.empty(); }
  void reserve(std::size_t n) { items_.reserve(n); }

  Iterator begin() noexcept { return items_.begin(); }
  Iterator end() noexcept { return items_.end(); }
  ConstIterator begin() const noexcept { return items_.begin(); }
  ConstIterator end() const noexcept { return items_.end(); }

  /// Null where there is no such key.
  Value* find(const Key& key) noexcept {
    const auto at = index_.find(key);
    return at == index_.end() ? nullptr : &items_[at->second].second;
  }
  const Value* find(const Key& key) const noexcept { return const_cast<OrderedDict*>(this)->find(key); }
  bool contains(const Key& key) const noexcept { return find(key) != nullptr; }

  /// IndexError where there is no such key or index.
  Value& operator[](const Key& key) {
    if (Value* value = find(key)) return *value;
    throw IndexError("OrderedDict: " + key_description_ + " '" + key + "' is not defined; keys() names them all");
  }
  const Value& operator[](const Key& key) const { return const_cast<OrderedDict&>(*this)[key]; }
  Item& operator[](std::size_t i) {
    if (i >= items_.size())
      throw IndexError("OrderedDict: Index " + std::to_string(i) + " is out of bounds; look at size() first");
    return items_[i];
  }
  const Item& operator[](std::size_t i) const { return const_cast<OrderedDict&>(*this)[i]; }
  Item& front() { return (*this)[std::size_t{0}]; }
  const Item& front() const { return (*this)[std::size_t{0}]; }
  Item& back() { return (*this)[items_.size() - 1]; }
  const Item& back() const { return (*this)[items_.size() - 1]; }

  /// Error where the key is there already; nothing is changed then.
  Value& insert(Key key, Value value) {
    if (contains(key))
      throw Error("OrderedDict: " + key_description_ + " '" + key + "' already defined; use another key");
    if (items_.size() == items_.capacity()) items_.reserve(2 * items_.size() + 1);
    index_.emplace(key, items_.size());
    items_.emplace_back(std::move(key), std::move(value));
    return items_.back().second;
  }
  void update(const OrderedDict& other) {
    for (const Item& item : other) insert(item.key(), item.value());
  }
  void erase(const Key& key) {
    const auto at = index_.find(key);
    if (at == index_.end())
      throw IndexError("OrderedDict: " + key_description_ + " '" + key + "' doesn't exist; keys() names them all");
    const std::size_t gone = at->second;
    index_.erase(at);
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(gone));
    for (auto& [name, place] : index_) place -= place > gone ? 1 : 0;
  }
  void clear() noexcept {
    index_.clear();
    items_.clear();
  }

  const std::vector<Item>& items() const noexcept { return items_; }
  std::vector<Key> keys() const {
    std::vector<Key> out;
    for (const Item& item : items_) out.push_back(item.key());
    return out;
  }
  std::vector<Value> values() const {
    std::vector<Value> out;
    for (const Item& item : items_) out.push_back(item.value());
    return out;
  }
  std::vector<std::pair<Key, Value>> pairs() const { return {items_.begin(), items_.end()}; }

 private:
  std::unordered_map<Key, std::size_t> index_;
  std::vector<Item> items_;
  std::string key_description_;
};

}  // namespace tapegrad
