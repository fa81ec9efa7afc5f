#include <tapegrad/data/label_encoder.h>

#include <algorithm>

#include <tapegrad/autograd/ops_pick.h>
#include "autograd/core/text.h"
#include "autograd/io/file.h"
#include "autograd/io/keys.h"
#include "data/detail/inputs.h"

namespace tapegrad::data {

using tapegrad::detail::shown;

LabelEncoder& LabelEncoder::fit(const std::vector<std::string>& texts) {
  if (texts.empty()) throw ValueError("LabelEncoder: there are no texts to fit; give a column of the training rows");
  std::vector<std::string> classes = texts;
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  classes_ = std::move(classes);
  return *this;
}

void LabelEncoder::check_fitted() const {
  if (classes_.empty()) throw Error("LabelEncoder: not fitted yet; call fit() with the training rows first");
}

Tensor LabelEncoder::transform(const std::vector<std::string>& texts) const {
  check_fitted();
  std::vector<std::int64_t> numbers;
  for (const std::string& text : texts) {
    const auto found = std::lower_bound(classes_.begin(), classes_.end(), text);
    if (found == classes_.end() || *found != text) {
      core::throw_value("LabelEncoder", "y contains previously unseen labels: ", shown(text), ", in row ",
                        numbers.size(), "; fit() it to rows of every class");
    }
    numbers.push_back(found - classes_.begin());
  }
  return tensor(numbers);
}

Tensor LabelEncoder::one_hot(const std::vector<std::string>& texts) const {
  return tapegrad::one_hot(transform(texts), static_cast<std::int64_t>(classes_.size())).to(kFloat);
}

std::vector<std::string> LabelEncoder::inverse_transform(const Tensor& y) const {
  check_fitted();
  std::vector<std::string> texts;
  for (const std::int64_t number : detail::labels_of("LabelEncoder", y)) {
    if (number < 0 || number >= static_cast<std::int64_t>(classes_.size())) {
      core::throw_value("LabelEncoder", "y contains previously unseen labels: ", number, "; classes are 0 to ",
                        classes_.size() - 1);
    }
    texts.push_back(classes_[static_cast<std::size_t>(number)]);
  }
  return texts;
}

StateDict LabelEncoder::state_dict() const {
  std::vector<std::uint8_t> bytes;
  std::vector<std::int64_t> lengths;
  for (const std::string& text : classes_) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    lengths.push_back(static_cast<std::int64_t>(text.size()));
  }
  return {{"classes", tensor(bytes, kByte)}, {"lengths", tensor(lengths)}};
}

std::function<void()> LabelEncoder::prepare_load(const StateDict& state) {
  const auto vector_of = [&](const char* key) {  // of whatever length
    const Tensor* const x = state.find(key);
    return std::vector<std::int64_t>{x == nullptr ? 0 : x->numel()};
  };
  tapegrad::detail::KeyReport report(state);
  const Tensor *const bytes = report.find("classes", vector_of("classes")), *const lengths = report.find(
                                                                                "lengths", vector_of("lengths"));
  report.check("LabelEncoder");
  std::string all;
  for (const std::int64_t byte : bytes->to_vector<std::int64_t>()) all += static_cast<char>(byte);
  std::vector<std::string> classes;
  std::size_t at = 0;
  for (const std::int64_t length : lengths->to_vector<std::int64_t>()) {
    if (length < 0 || static_cast<std::uint64_t>(length) > all.size() - at) at = all.size() + 1;
    if (at > all.size()) break;
    classes.push_back(all.substr(at, static_cast<std::size_t>(length)));
    at += static_cast<std::size_t>(length);
  }
  if (at != all.size() || !std::is_sorted(classes.begin(), classes.end(), std::less_equal<>()))
    throw ValueError("LabelEncoder: the lengths do not fit the classes; load what state_dict() gave");
  return [this, classes = std::move(classes)]() mutable { classes_.swap(classes); };
}

}  // namespace tapegrad::data
